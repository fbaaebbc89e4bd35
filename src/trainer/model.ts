import type { Rank, ShapeMap, Tensor2D, Tensor4D, Variable } from '@tensorflow/tfjs-core';
import type { RunConfig } from '../config/run-config.js';
import type { Rng } from '../core/rng.js';
import type { Tf } from './backends/tf.js';
import { CLASSES, IMAGE_SIZE } from './data.js';

export type SimpleCnn = {
  /** In the order of the layers, the weights of each before its biases; checkpoints rely on this order. */
  readonly parameters: readonly Variable[];
  readonly parameterCount: number;
  /** Maps images [n, 28, 28, 1] to [n, 10], before the softmax. */
  logits(images: Tensor4D): Tensor2D;
  dispose(): void;
};

/**
 * Returns a SimpleCNN: two 3x3 convolutions ('same' padding), each with ReLU and 2x2 max-pooling, a hidden dense layer
 * with ReLU, and a dense layer of 10 classes.
 *
 * Weights start normal with variance 2 / (inputs + outputs), counted per cell for a convolution's window (Glorot and
 * Bengio 2010), biases at 0. All of them come from `rng`.
 */
export function makeSimpleCnn(tf: Tf, { filters, dense }: RunConfig['model'], rng: Rng): SimpleCnn {
  const [first = 0, second = 0] = filters;
  const side = Math.floor(Math.floor(IMAGE_SIZE / 2) / 2);
  const flat = side * side * second;
  const weight = <R extends Rank.R2 | Rank.R4>(...shape: ShapeMap[R]) => {
    const window = shape.slice(0, -2).reduce((product, dim) => product * dim, 1);
    const [inputs = 0, outputs = 0] = shape.slice(-2);
    const deviation = Math.sqrt(2 / (window * (inputs + outputs)));
    const values = Float32Array.from({ length: window * inputs * outputs }, () => deviation * rng.normal());
    return tf.tidy(() => tf.variable(tf.tensor<R>(values, shape)));
  };
  const bias = (size: number) => tf.tidy(() => tf.variable(tf.zeros<Rank.R1>([size])));

  const conv1 = { w: weight<Rank.R4>(3, 3, 1, first), b: bias(first) };
  const conv2 = { w: weight<Rank.R4>(3, 3, first, second), b: bias(second) };
  const hidden = { w: weight<Rank.R2>(flat, dense), b: bias(dense) };
  const output = { w: weight<Rank.R2>(dense, CLASSES), b: bias(CLASSES) };
  const parameters = [conv1, conv2, hidden, output].flatMap(({ w, b }): Variable[] => [w, b]);

  // Bias and ReLU come after the pooling. Both are monotonic, so the result equals that of the usual order, on a quarter
  // of the values.
  const block = (x: Tensor4D, { w, b }: typeof conv1): Tensor4D =>
    tf.relu(tf.add<Tensor4D>(tf.maxPool(tf.conv2d(x, w, 1, 'same'), 2, 2, 'valid'), b));
  const layer = (x: Tensor2D, { w, b }: typeof hidden): Tensor2D => tf.add(tf.matMul<Tensor2D>(x, w), b);
  return {
    parameters,
    parameterCount: parameters.reduce((sum, variable) => sum + variable.size, 0),
    logits: (images) =>
      tf.tidy(() => {
        const features = tf.reshape<Rank.R2>(block(block(images, conv1), conv2), [images.shape[0], flat]);
        return layer(tf.relu(layer(features, hidden)), output);
      }),
    dispose: () => tf.dispose(parameters),
  };
}
