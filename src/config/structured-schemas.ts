import * as z from 'zod';
import { BOUNDS } from '../core/bounds.js';
import {
  commandSchema,
  metricColumnsSchema,
  mlflowSchema,
  wandbSchema,
  webhookSchema,
} from './logging-schema.js';
import { metricConstraintSchema } from './metric-constraints.js';
import { metricsSchema } from './metric-format.js';
import { objectiveSchema, objectivesSchema } from './objectives.js';
import { choiceSchema, constraintSchema, nameSchema, parametersSchema, STORED } from './parameter-schema.js';
import type { SETTINGS } from './settings.js';
import { trainerSchema } from './trainer-schema.js';
import { transferSchema } from './transfer.js';

type StructuredKey = Extract<(typeof SETTINGS)[number], { kind: { type: 'structured' } }>['key'];

/** The schemas of settings that are mappings or lists; all others have one by their kind. */
export const STRUCTURED_SCHEMAS = {
  objective: objectiveSchema.optional(),
  objectives: objectivesSchema.optional(),
  trainer: trainerSchema.optional(),
  metrics: metricsSchema.optional(),
  parameters: z.union([parametersSchema, z.literal(STORED)]),
  constraints: z.array(z.union([constraintSchema, metricConstraintSchema])).default([]),
  initial_points: z.array(z.record(nameSchema, choiceSchema)).default([]),
  warm_start: z
    .strictObject({
      study: z.string().min(1).describe('Name of the other study'),
      storage: z.string().min(1).optional().describe('Its storage; default: that of this study'),
      top: z.int().min(1).default(5).describe('Number of its best configurations'),
    })
    .optional(),
  transfer: transferSchema.optional(),
  repeats: z
    .union([
      z.int().min(1).max(BOUNDS.repeats),
      z.strictObject({
        max: z.int().min(1).max(BOUNDS.repeats).describe('The most trials of one configuration'),
        race: z
          .boolean()
          .default(true)
          .describe('Whether further seeds go only to configurations that may still be the best'),
      }),
    ])
    .optional(),
  seeds: z.array(z.int().min(0)).min(1).max(BOUNDS.repeats).optional(),
  'logging.local.metrics': metricColumnsSchema.optional(),
  'logging.wandb': wandbSchema.optional(),
  'logging.mlflow': mlflowSchema.optional(),
  'logging.webhook': webhookSchema.optional(),
  'logging.command': commandSchema.optional(),
} satisfies Readonly<Record<StructuredKey, z.ZodType>>;
