import { z } from 'zod';
import { BOUNDS } from '../core/bounds.js';
import { CHECKPOINT_POLICIES } from '../core/checkpoints.js';
import { pruners } from '../pruners/registry.js';
import { samplers } from '../samplers/registry.js';
import { terminators } from '../terminators/registry.js';
import { componentSchema } from './component-schema.js';
import { devicesSchema } from './devices.js';
import { DURATION, durationMs } from './duration.js';
import { limitShape } from './limits.js';
import { loggingSchema } from './logging-schema.js';
import { outcomeSchema } from './metric-constraints.js';
import { metricsSchema } from './metric-format.js';
import { objectiveSchema, objectivesSchema } from './objectives.js';
import { choiceSchema, constraintSchema, nameSchema, parametersSchema, STORED } from './parameter-schema.js';
import { sizeSchema } from './size-schema.js';
import { trainerSchema } from './trainer-schema.js';

/** A study's name is part of file names: no separators, no leading dot. */
export const studyNameSchema = z
  .string()
  .max(100)
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]*$/,
    'expected a name of letters, digits, ".", "_" and "-" that begins with a letter or digit',
  );

const seedSchema = z.int().min(0);

/** `sweep.yaml`, key by key. Only `parameters` is required, and `objective` or `objectives` with a trainer of your own. */
export const sweepSchema = z.strictObject({
  study: studyNameSchema
    .optional()
    .describe('Name of the study that holds the trials; default: the name of this file without its ending'),
  objective: objectiveSchema
    .optional()
    .describe('What is optimized; default with the built-in trainer: epoch_accuracy, maximize'),
  objectives: objectivesSchema
    .optional()
    .describe('Several of them, in place of objective: the search is for the Pareto front'),
  sampler: componentSchema(samplers)
    .default('auto')
    .describe('How configurations are chosen: a name, or {name, ...options}'),
  pruner: componentSchema(pruners)
    .default('none')
    .describe('How hopeless trials are ended early: a name, or {name, ...options}'),
  terminator: componentSchema(terminators)
    .default('none')
    .describe('What ends the sweep when going on is no longer worth it: a name, or {name, ...options}'),
  trainer: trainerSchema
    .optional()
    .describe('The program that is tuned; default: the built-in MNIST trainer'),
  metrics: metricsSchema
    .optional()
    .describe('How the trainer writes its metrics, where not as METRIC name=value lines'),
  parameters: z
    .union([parametersSchema, z.literal(STORED)])
    .describe(
      'What is searched: name -> [values], {values: [...]} or {min, max, log, step, steps, int}, with optional `when`; or stored: what the study, which is there already, searches',
    ),
  constraints: z
    .array(z.union([constraintSchema, outcomeSchema]))
    .default([])
    .describe(
      'Rules that tie parameters together, {when, set} or {forbid}; and limits of metrics, such as "memory_mb <= 8000"',
    ),
  start: z
    .array(z.record(nameSchema, choiceSchema))
    .default([])
    .describe('Configurations to try first, whole or in part: the sampler chooses what is left open'),
  warm_start: z
    .strictObject({
      study: z.string().min(1).describe('Name of the other study'),
      storage: z.string().min(1).optional().describe('Where it lives; default: where this one does'),
      top: z.int().min(1).default(5).describe('How many of its best configurations'),
    })
    .optional()
    .describe(
      'A new study tries the best configurations of another one first, as far as its parameters allow',
    ),
  repeats: z
    .int()
    .min(1)
    .max(BOUNDS.repeats)
    .optional()
    .describe('Trials of each configuration, each with another seed; default 1, or the number of seeds'),
  seeds: z
    .array(seedSchema)
    .min(1)
    .max(BOUNDS.repeats)
    .optional()
    .describe("The trainer's seed of each repeat; default: derived from the study's seed"),
  trials: z
    .int()
    .min(1)
    .optional()
    .describe(
      'Total of trials of the study; default: until the sampler has no more, or 100 if it never ends',
    ),
  epochs: z
    .int()
    .min(1)
    .optional()
    .describe('Total of epochs (distinct steps reported) of all trials; running trials finish'),
  timeout: z
    .union([z.number().positive(), z.string().refine((text) => durationMs(text) !== null, DURATION)])
    .optional()
    .describe(
      'Start no trial after this long, such as 2h or 45m, counted for each call; running trials finish',
    ),
  target: z
    .number()
    .optional()
    .describe("Stop when a configuration's value is at least as good; running trials finish"),
  ...limitShape,
  checkpoints: z
    .enum(CHECKPOINT_POLICIES)
    .optional()
    .describe(
      'Whether trials get a folder for checkpoints (HPO_CHECKPOINT_DIR), so that one that is tried again goes on: off; remove it when the trial is finished; or keep it. Default: remove with the built-in trainer, else off',
    ),
  max_concurrent: z
    .int()
    .min(1)
    .max(BOUNDS.concurrent)
    .optional()
    .describe('Most trials that run at once; default: one for each slot'),
  devices: devicesSchema
    .default('auto')
    .describe('auto (GPUs if there are any), cpu, or GPUs by index or UUID: 0, [0, 1]'),
  slots_per_device: z
    .int()
    .min(1)
    .max(BOUNDS.slotsPerDevice)
    .optional()
    .describe('Trials that share one device at once'),
  gpus_per_trial: z.int().min(1).max(BOUNDS.gpusPerTrial).default(1).describe('GPUs that each trial takes'),
  min_free_memory: sizeSchema
    .optional()
    .describe(
      'Start a trial only on GPUs that have so much memory free, such as 4GiB or 8000MB; default: on any',
    ),
  logging: loggingSchema.prefault({}).describe('What is written about the sweep'),
});

export type RawSweep = z.output<typeof sweepSchema>;
