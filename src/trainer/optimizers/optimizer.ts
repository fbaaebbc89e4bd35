import type { NamedTensorMap, Tensor, Tensor1D, Variable } from '@tensorflow/tfjs-core';
import type { RunConfig } from '../../config/run-config.js';
import type { Tf } from '../backends/tf.js';
import { RULES } from './rules.js';

export type Optimizer = {
  /** Steps taken so far. Later steps depend only on this and `tensors()`: restore both. */
  steps: number;
  /** Updates every parameter by its gradient, found by the parameter's name. */
  apply(gradients: NamedTensorMap): void;
  /** Returns the optimizer's state, in an order and shapes that depend only on the parameters and settings. */
  tensors(): readonly Variable[];
  /** Frees the optimizer's state; it does not own the parameters. */
  dispose(): void;
};

/** Number of values. Above it, copying a parameter into a group and back costs more than its own operations. */
const LARGE = 50_000;

/**
 * Returns SGD, Adam, AdamW or RMSprop as torch.optim defines them, over all parameters, including biases. Written here
 * because those of tfjs differ (another epsilon in another place, no weight decay), and users compare with PyTorch.
 *
 * Small parameters are updated together, as one long vector: for them, launching operations dominates the cost, most of
 * all on a GPU. Nothing is read back from the backend, so a step does not wait for a GPU.
 */
export function makeOptimizer(
  tf: Tf,
  parameters: readonly Variable[],
  settings: RunConfig['learner'],
): Optimizer {
  const rule = RULES[settings.opt](tf, settings);
  const groups = groupsOf(parameters).map((members) => {
    const sizes = members.map(({ size }) => size);
    const total = sizes.reduce((sum, size) => sum + size, 0);
    const slots = rule.slots.map(() => tf.tidy(() => tf.variable(tf.zeros([total]), false)));
    return { members, sizes, slots };
  });
  const tensors = groups.flatMap(({ slots }) => slots);
  const together = (parts: readonly Tensor[]) =>
    tf.concat1d(parts.map((part) => tf.reshape(part, [part.size]) as Tensor1D));

  const optimizer: Optimizer = {
    steps: 0,
    apply(gradients) {
      const missing = parameters.find(({ name }) => !gradients[name]);
      if (missing) throw new Error(`no gradient of ${missing.name}`);
      optimizer.steps += 1;
      for (const { members, sizes, slots } of groups) {
        tf.tidy(() => {
          const gradient = together(members.map(({ name }) => gradients[name]!));
          const [moved, ...remembered] = rule.update(optimizer.steps, together(members), gradient, ...slots);
          for (const [i, slot] of slots.entries()) slot.assign(remembered[i]!);
          const parts = members.length === 1 ? [moved] : tf.split(moved, sizes);
          for (const [i, member] of members.entries()) member.assign(tf.reshape(parts[i]!, member.shape));
        });
      }
    },
    tensors: () => tensors,
    dispose: () => tf.dispose(tensors),
  };
  return optimizer;
}

/** Returns each large parameter alone, and all others together. */
function groupsOf(parameters: readonly Variable[]): (readonly Variable[])[] {
  const small = parameters.filter(({ size }) => size < LARGE);
  const large = parameters.filter(({ size }) => size >= LARGE).map((parameter) => [parameter]);
  return small.length === 0 ? large : [...large, small];
}
