import type { Scalar } from '@tensorflow/tfjs-core';
import type { RunConfig } from '../config/run-config.js';
import type { Tf } from './backends/tf.js';
import type { Batch } from './batches.js';
import { CLASSES, IMAGE_SIZE } from './data.js';
import type { SimpleCnn } from './model.js';
import { makeOptimizer, type Optimizer } from './optimizers/optimizer.js';

export type Learner = {
  /** Takes one optimizer step on the mean softmax cross entropy of a batch. */
  step(batch: Batch): void;
  readonly optimizer: Optimizer;
  dispose(): void;
};

/** Returns a learner that trains a model by sgd, adam, adamw or rmsprop, each as PyTorch defines it. */
export function makeLearner(tf: Tf, model: SimpleCnn, config: RunConfig['learner']): Learner {
  const optimizer = makeOptimizer(tf, model.parameters, config);
  return {
    optimizer,
    step: (batch) =>
      tf.tidy(() => {
        const images = tf.tensor4d(batch.pixels, [batch.count, IMAGE_SIZE, IMAGE_SIZE, 1]);
        const targets = tf.oneHot(tf.tensor1d(Int32Array.from(batch.labels), 'int32'), CLASSES);
        const { grads } = tf.variableGrads(
          () => tf.losses.softmaxCrossEntropy(targets, model.logits(images)) as Scalar,
          [...model.parameters],
        );
        optimizer.apply(grads);
      }),
    dispose: () => optimizer.dispose(),
  };
}
