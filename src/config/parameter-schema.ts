import * as z from 'zod';
import { GRID_LIMIT } from '../core/grid-plan.js';
import { CONFIDENCES } from '../core/prior.js';

/** No space, control character, `=` or leading dash: a name becomes the arguments `name=value` and `--name=value`. */
const NAME = /^[^\s=\-\u0000-\u001f\u007f][^\s=\u0000-\u001f\u007f]*$/;

/** A parameter's name. */
export const nameSchema = z
  .string()
  .max(200)
  .regex(NAME, 'expected a parameter name without spaces, "=" or a leading "-"')
  .refine((name) => !(name in Object.prototype), 'expected a name that is not reserved by JavaScript');

const scalarSchema = z.union([z.string(), z.number(), z.boolean(), z.null()]);

type Choice = string | number | boolean | null | Choice[];
/** A scalar, or a list of choices: the trainer receives a list as JSON text. */
export const choiceSchema: z.ZodType<Choice> = z
  .union([scalarSchema, z.array(z.lazy(() => choiceSchema))])
  .meta({ id: 'Choice' });

const testSchema = z.union([
  scalarSchema,
  z.array(choiceSchema).min(1).describe('One of these values'),
  z.strictObject({
    lt: z.number().optional().describe('Below this number'),
    le: z.number().optional().describe('At most this number'),
    gt: z.number().optional().describe('Above this number'),
    ge: z.number().optional().describe('At least this number'),
    not: z
      .union([scalarSchema, z.array(choiceSchema).min(1)])
      .optional()
      .describe('Not this value, or none of these'),
  }),
]);

const refSchema = z
  .strictObject({ param: nameSchema.describe('The name of another parameter') })
  .meta({ id: 'Reference', description: 'The value of another parameter' });
const boundSchema = z.union([z.number(), refSchema]).meta({ id: 'Bound' });

const forbidTestSchema = z.union([
  scalarSchema,
  z.array(choiceSchema).min(1).describe('One of these values'),
  z.strictObject({
    lt: boundSchema.optional().describe('Below this number or parameter'),
    le: boundSchema.optional().describe('At most this number or parameter'),
    gt: boundSchema.optional().describe('Above this number or parameter'),
    ge: boundSchema.optional().describe('At least this number or parameter'),
    not: z
      .union([scalarSchema, z.array(choiceSchema).min(1), refSchema])
      .optional()
      .describe('Not this value, none of these, or not that of the parameter'),
    param: nameSchema.optional().describe('Equal to this parameter'),
  }),
]);

const forbidSchema = z
  .record(nameSchema, forbidTestSchema)
  .refine((condition) => Object.keys(condition).length > 0, 'expected at least one parameter and its value')
  .meta({ id: 'Forbidden' });

const totalSchema = z.array(nameSchema).min(1);

export const conditionSchema = z
  .record(nameSchema, testSchema)
  .refine((condition) => Object.keys(condition).length > 0, 'expected at least one parameter and its value')
  .meta({ id: 'Condition' });

const choicesSchema = z.array(choiceSchema).min(1);

/** Both mapping forms in one schema: a wrong mixture of keys gets a better message than from a union. */
const mappingSchema = z.strictObject({
  values: choicesSchema.optional().describe('The values to choose from'),
  min: z.number().optional().describe('Lower end of a range, inclusive'),
  max: z.number().optional().describe('Upper end of a range, inclusive; lowered to the lattice of `step`'),
  log: z.boolean().optional().describe('Search on a log scale, as for learning rates; needs min > 0'),
  step: z.number().positive().optional().describe('Distance between neighboring values, counted from min'),
  steps: z
    .int()
    .min(1)
    .max(GRID_LIMIT)
    .optional()
    .describe('Number of points of a grid, both ends included; other samplers ignore it'),
  ordered: z
    .boolean()
    .optional()
    .describe(
      'Whether the values have an order, from first to last (numbers: ascending); default: numbers only',
    ),
  int: z.boolean().optional().describe('Whole numbers only; min and max must also be whole'),
  prior: z
    .union([z.number(), z.array(z.number()).min(1)], {
      error: 'expected a number of the range, or a list of weights, one for each value',
    })
    .optional()
    .describe(
      'Where the best value is expected: a number of the range, or a weight for each value in their order',
    ),
  confidence: z
    .enum(CONFIDENCES)
    .optional()
    .describe('How near to the prior the best value is expected; default: medium'),
  when: conditionSchema
    .optional()
    .describe('The parameter exists only where this holds; elsewhere it is not sampled and not passed'),
});

export const parameterSchema = z.union([choicesSchema.describe('The values to choose from'), mappingSchema]);

export const parametersSchema = z
  .record(nameSchema, parameterSchema)
  .refine((parameters) => Object.keys(parameters).length > 0, 'expected at least one parameter');

/** Instead of parameters: those of the existing study. */
export const STORED = 'stored';

export const constraintSchema = z.strictObject({
  when: conditionSchema.optional().describe('Where `set` applies; all parts must hold'),
  set: z
    .record(nameSchema, choiceSchema)
    .refine((set) => Object.keys(set).length > 0, 'expected at least one parameter and its value')
    .optional()
    .describe('Parameters that get this value where `when` holds; configurations that become equal run once'),
  forbid: forbidSchema
    .optional()
    .describe(
      'Configurations for which all parts hold are never run; {lt: {param: NAME}} compares with a parameter',
    ),
  sum: totalSchema.optional().describe('Numeric parameters whose sum has a limit: min, max, or both'),
  product: totalSchema.optional().describe('Numeric parameters whose product has a limit: min, max, or both'),
  min: z.number().optional().describe('The least sum or product'),
  max: z.number().optional().describe('The greatest sum or product'),
});

export type RawChoice = Choice;
export type RawTest = z.infer<typeof testSchema>;
export type RawForbidTest = z.infer<typeof forbidTestSchema>;
export type RawForbid = z.infer<typeof forbidSchema>;
export type RawCondition = z.infer<typeof conditionSchema>;
export type RawParameter = z.infer<typeof parameterSchema>;
export type RawMapping = z.infer<typeof mappingSchema>;
export type RawParameters = z.infer<typeof parametersSchema>;
export type RawConstraint = z.infer<typeof constraintSchema>;

/** The keys of a parameter given as a mapping. */
export const PARAMETER_KEYS: readonly string[] = Object.keys(mappingSchema.shape);
