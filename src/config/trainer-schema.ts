import * as z from 'zod';

const argument = z
  .union([z.string(), z.number(), z.boolean()])
  .refine((value) => !String(value).includes('\0'), 'expected text without NUL characters');

const ENVIRONMENT_NAME = /^(?!HPO_)[A-Za-z_][A-Za-z0-9_]*$/;

export const trainerSchema = z.strictObject({
  command: z
    .array(argument)
    .min(1)
    .nullable()
    .optional()
    .describe(
      'Program and arguments, as a list; absent: the built-in MNIST trainer. ${overrides} becomes one key=value ' +
        'argument for each parameter, ${args} becomes --key=value, ${args_no_boolean_flags} the same with --key for true and nothing for false; ${params_json}, ${params_file}, ${seed}, ${config} ' +
        "(the file with one run's defaults), ${trial_dir}, ${target_step} and ${NAME} of a parameter are replaced inside an argument",
    ),
  cwd: z
    .string()
    .min(1)
    .nullable()
    .optional()
    .describe('Folder the trainer runs in, relative to this file; absent: the folder hpo runs in'),
  env: z
    .record(
      z
        .string()
        .regex(
          ENVIRONMENT_NAME,
          'expected a variable of letters, digits and "_" that does not begin with HPO_',
        ),
      argument,
    )
    .optional()
    .describe('Environment variables for the trainer, besides those that hpo sets'),
});

export type RawTrainer = z.infer<typeof trainerSchema>;
