import type { Optimizer, Scalar } from '@tensorflow/tfjs-core';
import type { RunConfig } from '../config/run-config.js';
import type { Tf } from './backends/tf.js';
import type { Batch } from './batches.js';
import { CLASSES, IMAGE_SIZE } from './data.js';
import type { SimpleCnn } from './model.js';

export type Learner = {
  /** One step of the optimizer on the mean softmax cross entropy of a batch. */
  step(batch: Batch): void;
  dispose(): void;
};

/**
 * Teaches a model by sgd with momentum (velocity = momentum * velocity + gradient), adam (beta 0.9 and 0.999) or
 * rmsprop (decay 0.9).
 *
 * Weight decay is decoupled (Loshchilov and Hutter 2019): before each step every weight, but no bias, is multiplied
 * by 1 - step_size * weight_decay; the gradient is that of the weights before.
 */
export function makeLearner(tf: Tf, model: SimpleCnn, config: RunConfig['learner']): Learner {
  const optimizer = makeOptimizer(tf, config);
  const variables = [...model.weights, ...model.biases];
  const kept = 1 - config.step_size * config.weight_decay;
  return {
    step: (batch) =>
      tf.tidy(() => {
        const images = tf.tensor4d(batch.pixels, [batch.count, IMAGE_SIZE, IMAGE_SIZE, 1]);
        const targets = tf.oneHot(tf.tensor1d(Int32Array.from(batch.labels), 'int32'), CLASSES);
        const { grads } = tf.variableGrads(
          () => tf.losses.softmaxCrossEntropy(targets, model.logits(images)) as Scalar,
          variables,
        );
        if (kept !== 1) for (const weight of model.weights) weight.assign(tf.mul(weight, kept));
        optimizer.applyGradients(grads);
      }),
    dispose: () => optimizer.dispose(),
  };
}

function makeOptimizer(tf: Tf, { opt, step_size, momentum }: RunConfig['learner']): Optimizer {
  switch (opt) {
    case 'sgd':
      return momentum === 0 ? tf.train.sgd(step_size) : tf.train.momentum(step_size, momentum);
    case 'adam':
      return tf.train.adam(step_size);
    case 'rmsprop':
      return tf.train.rmsprop(step_size, 0.9);
  }
}
