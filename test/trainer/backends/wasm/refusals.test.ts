import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Tf } from '../../../../src/trainer/backends/tf.js';
import { moduleOf } from '../../../../src/trainer/backends/wasm/heap.js';
import { loadWasm } from '../../../../src/trainer/backends/wasm/load.js';

let tf: Tf;
beforeAll(async () => {
  tf = (await loadWasm()).tf;
});

describe('what the kernels on wasm refuse', () => {
  it('a result whose size 32 bits cannot hold, of which they would keep a part', () => {
    const tensors = tf.memory().numTensors;
    const product = () => tf.tidy(() => tf.matMul(tf.zeros([70_000, 1]), tf.zeros([1, 70_000])).shape);
    expect(product).toThrow(expect.objectContaining({ code: 'trainer.out-of-memory' }));
    expect(tf.memory().numTensors).toBe(tensors);
    // And goes on with what fits.
    const one = tf.tidy(() => tf.matMul(tf.ones([1, 3]), tf.ones([3, 1])).dataSync()[0]);
    expect(one).toBe(3);
  });

  it('factors that do not fit together', () => {
    tf.tidy(() => {
      const [a, b] = [tf.ones([2, 3]), tf.ones([4, 5])];
      expect(() => tf.matMul(a, b)).toThrow(/inner shapes \(3\) and \(4\)/);
      expect(() => tf.matMul(a, b, true, true)).toThrow(/inner shapes \(2\) and \(5\)/);
    });
  });

  it('channels before rows', () => {
    tf.tidy(() => {
      const [x, w] = [tf.ones([1, 2, 5, 5]) as Tensor4D, tf.ones([3, 3, 2, 4]) as Tensor4D];
      expect(() => tf.conv2d(x, w, 1, 'same', 'NCHW')).toThrow(/channelsFirst/);
      const args = { strides: [1, 1], pad: 'same', dataFormat: 'NCHW', inputShape: x.shape };
      const backend = tf.backend() as BackendWasm;
      const gradient = tf.getKernel('Conv2DBackpropInput', 'wasm').kernelFunc;
      expect(() => gradient({ inputs: { dy: x, filter: w }, attrs: args, backend })).toThrow(/NCHW/);
    });
  });
});

// Zeros are skipped, and a NaN is none: a run that has diverged must show.
it.each([1, 5])('a NaN comes through a convolution of %i inputs and its gradients', (inputs) => {
  tf.tidy(() => {
    const [x, w] = [tf.ones([1, 4, 4, inputs]) as Tensor4D, tf.ones([3, 3, inputs, 2]) as Tensor4D];
    const dy = tf.buffer([1, 4, 4, 2]);
    dy.set(Number.NaN, 0, 1, 1, 0);
    const conv = (a: Tensor, b: Tensor) => tf.conv2d(a as Tensor4D, b as Tensor4D, 1, 'same');
    const [dx, dw] = tf.grads(conv)([x, w], dy.toTensor());
    // The window around row 1, column 1; and the filter of the first output.
    const near = (pixel: number) => pixel % 4 < 3 && pixel < 12;
    for (const [k, value] of dx!.dataSync().entries()) {
      expect(Number.isNaN(value), `dx ${k}`).toBe(near(Math.floor(k / inputs)));
    }
    for (const [k, value] of dw!.dataSync().entries()) {
      expect(Number.isNaN(value), `dw ${k}`).toBe(k % 2 === 0);
    }
    const bad = tf.mul(w, Number.NaN);
    expect([...conv(tf.zerosLike(x), bad).dataSync()].every(Number.isNaN)).toBe(true);
    const [row, column] = [tf.zeros([1, 3]), tf.fill([3, 1], Number.NaN)];
    expect(tf.matMul(row, column).dataSync()[0]).toBeNaN();
  });
});

it('a max-pooling window of padding alone takes no part in the gradient', () => {
  tf.tidy(() => {
    const x = tf.tensor4d([1, 2, 3, 4], [1, 2, 2, 1]);
    // Beside the image lies what must not change: its gradient is the sum of the windows that touch it.
    const dx = tf.grad((a) => tf.maxPool(a as Tensor4D, 2, 2, 2))(x, tf.ones([1, 3, 3, 1]));
    expect([...dx.dataSync()]).toEqual([0, 0, 0, 1]);
  });
});

// The last one: an allocator that has counted past the end is of no use afterwards.
it('refuses what has no room beside the rest', () => {
  const module = moduleOf(tf.backend() as BackendWasm);
  // Nothing is written there, so that they take no memory of the machine.
  for (const bytes of [4e8, 2e9, 1.5e9]) expect(module._malloc(bytes)).not.toBe(0);
  const one = () => module._malloc(1e9);
  expect(one).toThrow(expect.objectContaining({ code: 'trainer.out-of-memory' }));
});
