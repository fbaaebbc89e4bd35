import type { NamedTensorMap, Variable } from '@tensorflow/tfjs-core';
import type { RunConfig } from '../../config/run-config.js';
import type { Tf } from '../backends/tf.js';
import { RULES } from './rules.js';

export type Optimizer = {
  /** Steps taken so far. With `tensors()` this is all that a later step depends on: who restores sets both. */
  steps: number;
  /** Moves every parameter along its gradient, found by the parameter's name. */
  apply(gradients: NamedTensorMap): void;
  /** What it remembers, in a stable order: all of the first parameter, then of the second, and so on. */
  tensors(): readonly Variable[];
  /** Frees what it remembers; the parameters are not its own. */
  dispose(): void;
};

/**
 * SGD, Adam, AdamW or RMSprop as torch.optim defines them, over all parameters, biases too. Written out here because
 * those of tfjs differ (another epsilon in another place, decay not at all), and users compare with PyTorch.
 *
 * Nothing is read back from the backend, so a step does not wait for a GPU.
 */
export function makeOptimizer(
  tf: Tf,
  parameters: readonly Variable[],
  settings: RunConfig['learner'],
): Optimizer {
  const rule = RULES[settings.opt](tf, settings);
  const memories = parameters.map((parameter) => ({
    parameter,
    slots: rule.slots.map(() => tf.tidy(() => tf.variable(tf.zerosLike(parameter), false))),
  }));
  const tensors = memories.flatMap(({ slots }) => slots);
  const optimizer: Optimizer = {
    steps: 0,
    apply(gradients) {
      optimizer.steps += 1;
      for (const { parameter, slots } of memories) {
        tf.tidy(() => {
          const gradient = gradients[parameter.name];
          if (!gradient) throw new Error(`no gradient of ${parameter.name}`);
          const [moved, ...remembered] = rule.update(optimizer.steps, parameter, gradient, ...slots);
          parameter.assign(moved);
          for (const [i, slot] of slots.entries()) slot.assign(remembered[i]!);
        });
      }
    },
    tensors: () => tensors,
    dispose: () => tf.dispose(tensors),
  };
  return optimizer;
}
