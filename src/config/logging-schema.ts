import * as z from 'zod';
import { withMicroSign } from '../core/metric-name.js';

export const pathSchema = z
  .string()
  .min(1)
  .refine((file) => !file.includes('\0'), 'expected a path without NUL characters');

/** The name of a project or a team: part of an address. */
const wandbNameSchema = z
  .string()
  .regex(
    /^[^/\\#?%:\u0000-\u001f\u007f]{1,128}$/,
    'expected a name of at most 128 characters, none of them /, \\, #, ?, % or :',
  );
const templateSchema = z.string().min(1).max(1000);

export const WANDB_MODES = ['online', 'offline', 'disabled'] as const;
export const WANDB_CLIENTS = ['native', 'sdk'] as const;

export const wandbSchema = z.strictObject({
  enabled: z.boolean().default(true).describe('false: as if this section were not there'),
  project: wandbNameSchema
    .optional()
    .describe('Where runs go; default: WANDB_PROJECT, else hyperparameters_sweep'),
  entity: wandbNameSchema
    .optional()
    .describe('User or team that has the project; default: WANDB_ENTITY, else the one of the API key'),
  group: templateSchema.default('${study}').describe('Group of a run; a template, as name is'),
  name: templateSchema
    .default('${study}-${trial}')
    .describe(
      'Name of a run; ${study}, ${trial}, ${attempt}, ${configuration}, ${repeat}, ${seed}, ${device} and each ' +
        '${parameter} are replaced',
    ),
  tags: z.array(z.string().min(1).max(64)).max(100).default([]).describe('Tags of a run; templates'),
  notes: templateSchema.optional().describe('Notes of a run; a template'),
  job_type: templateSchema.optional().describe('Job type of a run; a template'),
  mode: z
    .enum(WANDB_MODES)
    .default('online')
    .describe(
      'online: sent while the sweep runs; offline: files for `wandb sync`; --wandb and WANDB_MODE go first',
    ),
  client: z
    .enum(WANDB_CLIENTS)
    .default('native')
    .describe('native: the client of hpo; sdk: the package @wandb/sdk, which you install yourself'),
});

export const mlflowSchema = z.strictObject({
  enabled: z.boolean().default(true).describe('false: as if this section were not there'),
  tracking_uri: z
    .string()
    .min(1)
    .optional()
    .describe('Address of the server, http or https; default: MLFLOW_TRACKING_URI'),
  experiment: z
    .string()
    .regex(/^[^\u0000-\u001f\u007f]{1,500}$/, 'expected one line of at most 500 characters')
    .optional()
    .describe(
      'Name of the experiment, which is created where it does not exist; default: MLFLOW_EXPERIMENT_NAME, else the name of the study',
    ),
});

export const NOTIFIED = ['finished', 'failed', 'improved', 'trial-finished'] as const;
const enabledSchema = z.boolean().default(true).describe('false: as if this section were not there');
const notifiedSchema = z
  .array(z.enum(NOTIFIED))
  .min(1)
  .default(['finished', 'failed', 'improved'])
  .describe(
    'When: finished: the sweep ended; failed: a trial failed for good; improved: a trial is the best so far; trial-finished: a trial ended',
  );
const lineSchema = z.string().regex(/^[^\u0000-\u001f\u007f]{1,4000}$/, 'expected one line');

export const webhookSchema = z.strictObject({
  enabled: enabledSchema,
  url: lineSchema
    .optional()
    .describe('Where to; ${envvar:NAME} is replaced by the variable; default: HPO_WEBHOOK_URL'),
  on: notifiedSchema,
  headers: z
    .record(z.string(), lineSchema)
    .default({})
    .describe('Headers of the request; ${envvar:NAME} is replaced by the variable'),
  body: z
    .record(z.string().min(1), z.string().max(4000))
    .optional()
    .describe(
      'Fields of the JSON body; ${text}, ${event}, ${trial} and the like are replaced; default: the whole event',
    ),
});

export const commandSchema = z.strictObject({
  enabled: enabledSchema,
  run: z.array(pathSchema).min(1).describe('The program and its arguments, as a list; no shell reads them'),
  on: notifiedSchema,
});

/** Metric columns of runs.csv. */
export const metricColumnsSchema = z.array(z.string().min(1).overwrite(withMicroSign)).min(1);
