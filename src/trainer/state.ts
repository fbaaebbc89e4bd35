import type { Variable } from '@tensorflow/tfjs-core';
import type { Tf } from './backends/tf.js';
import type { Snapshot } from './checkpoint-format.js';
import type { SimpleCnn } from './model.js';
import type { Optimizer } from './optimizers/optimizer.js';

/** All state that training changes. The order of images is not part of it: it follows from the seed and the epoch. */
export type State = {
  /** Number of values in each tensor. */
  readonly sizes: readonly number[];
  capture(): Promise<Pick<Snapshot, 'steps' | 'tensors'>>;
  /** Restores a snapshot of tensors of these sizes. */
  restore(snapshot: Pick<Snapshot, 'steps' | 'tensors'>): void;
};

/** Returns the state of a model and of its optimizer. */
export function makeState(tf: Tf, model: Pick<SimpleCnn, 'parameters'>, optimizer: Optimizer): State {
  const variables: readonly Variable[] = [...model.parameters, ...optimizer.tensors()];
  return {
    sizes: variables.map(({ size }) => size),
    capture: async () => ({
      steps: optimizer.steps,
      tensors: await Promise.all(variables.map((variable) => variable.data<'float32'>())),
    }),
    restore({ steps, tensors }) {
      optimizer.steps = steps;
      tf.tidy(() => {
        for (const [i, variable] of variables.entries()) {
          variable.assign(tf.tensor(tensors[i] as Float32Array, variable.shape));
        }
      });
    },
  };
}
