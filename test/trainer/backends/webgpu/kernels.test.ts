import '@tensorflow/tfjs-backend-cpu';
import type { Rank, Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeRng } from '../../../../src/core/rng.js';
import type { Backend, Tf } from '../../../../src/trainer/backends/tf.js';
import { loadWebgpu } from '../../../../src/trainer/backends/webgpu/load.js';
import { lavapipeEnv } from '../../../support/lavapipe.js';
import { describeWithReal } from '../../../support/real-part.js';

type Shape4 = [number, number, number, number];
type Pad = 'same' | 'valid' | number;
type Conv = { x: Shape4; filter: Shape4; strides: [number, number]; pad: Pad };

describeWithReal('lavapipe', 'kernels on webgpu', () => {
  let backend: Backend;
  let tf: Tf;
  beforeAll(async () => {
    Object.assign(process.env, lavapipeEnv());
    backend = await loadWebgpu();
    tf = backend.tf;
  });
  afterAll(() => backend.close?.());

  const numbers = (shape: readonly number[], label: string) => {
    const rng = makeRng(1, label);
    return Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => rng.int(2001) / 1000 - 1);
  };

  /** The same computation by tfjs' plain CPU kernels and on webgpu. */
  async function onBoth(compute: () => Tensor<Rank>[]): Promise<{ expected: Values[]; actual: Values[] }> {
    const on = async (name: string) => {
      await tf.setBackend(name);
      const tensors = tf.tidy(compute);
      const values = await Promise.all(
        tensors.map(async (each) => ({ shape: each.shape, data: await each.data() })),
      );
      tf.dispose(tensors);
      return values;
    };
    const expected = await on('cpu');
    const actual = await on('webgpu');
    await backend.keepUp?.();
    return { expected, actual };
  }

  type Values = { shape: number[]; data: ArrayLike<number> };

  async function expectAgreement(compute: () => Tensor<Rank>[]): Promise<void> {
    const { expected, actual } = await onBoth(compute);
    expect(actual.map(({ shape }) => shape)).toEqual(expected.map(({ shape }) => shape));
    for (const [i, { data }] of expected.entries()) {
      const scale = Math.max(1, ...Array.from(data, Math.abs));
      // Not Math.max: it would pass over a NaN.
      for (const [j, value] of Array.from(data).entries()) {
        const difference = Math.abs(value - actual[i]!.data[j]!) / scale;
        if (!(difference < 1e-4)) expect.fail(`output ${i}[${j}]: ${actual[i]!.data[j]} instead of ${value}`);
      }
    }
  }

  const gradients =
    ({ x, filter, strides, pad }: Conv) =>
    () => {
      const apply = (a: Tensor, b: Tensor) => tf.conv2d(a as Tensor4D, b as Tensor4D, strides, pad);
      const tensors = [tf.tensor(numbers(x, 'x'), x), tf.tensor(numbers(filter, 'w'), filter)] as const;
      const { outShape } = tf.backend_util.computeConv2DInfo(x, filter, strides, 1, pad);
      return tf.grads(apply)([...tensors], tf.tensor(numbers(outShape, 'dy'), outShape));
    };

  describe('conv2d gradients agree with those of the CPU', () => {
    const cases: [string, Conv][] = [
      ['first layer', { x: [16, 28, 28, 1], filter: [3, 3, 1, 8], strides: [1, 1], pad: 'same' }],
      [
        'second layer, more than a tile each way',
        { x: [6, 14, 14, 5], filter: [3, 3, 5, 35], strides: [1, 1], pad: 'same' },
      ],
      ['one image', { x: [1, 4, 4, 1], filter: [3, 3, 1, 1], strides: [1, 1], pad: 'valid' }],
      [
        'strides that differ, rows left over',
        { x: [3, 11, 8, 2], filter: [3, 2, 2, 3], strides: [3, 2], pad: 'valid' },
      ],
      ['stride and padding', { x: [2, 7, 8, 3], filter: [3, 4, 3, 2], strides: [2, 2], pad: 'same' }],
      [
        'a filter of one cell, odd sides',
        { x: [5, 5, 7, 6], filter: [1, 1, 6, 9], strides: [1, 1], pad: 'same' },
      ],
      ['padding wider than the filter', { x: [2, 5, 4, 2], filter: [2, 2, 2, 3], strides: [1, 1], pad: 3 }],
    ];
    it.each(cases)('%s', (_, conv) => expectAgreement(gradients(conv)));
  });

  it.each([
    ['one row', [1, 5], 0],
    ['rows of a bias', [700, 33], 0],
    ['several axes', [3, 40, 11, 2], [0, 1, 2]],
    ['axes in another order', [3, 4, 5], [1, 0]],
    ['all axes', [30, 70], [0, 1]],
    ['the last axis', [30, 70], 1],
  ])('sum over %s', (_, shape, axis) =>
    expectAgreement(() =>
      [false, true].map((keepDims) => tf.sum(tf.tensor(numbers(shape, 's'), shape), axis, keepDims)),
    ),
  );

  it('sums integers as integers', () =>
    expectAgreement(() => [
      tf.sum(
        tf.tensor(
          Int32Array.from({ length: 2000 }, (_, i) => i),
          [1000, 2],
          'int32',
        ),
        0,
      ),
    ]));

  it('adds long products in a fixed order: the same bits each time', async () => {
    const shapes: [[number, number], [number, number]] = [
      [64, 3136],
      [3136, 40],
    ];
    const product = () => [
      tf.matMul(
        tf.tensor2d(numbers(shapes[0], 'a'), shapes[0]),
        tf.tensor2d(numbers(shapes[1], 'b'), shapes[1]),
      ),
    ];
    const first = await onBoth(product);
    const second = await onBoth(product);
    expect(second.actual).toEqual(first.actual);
    await expectAgreement(product);
    // Few threads may happen to keep an order that thousands do not: no program that adds as it comes may have run.
    const programs = Object.keys(Reflect.get(tf.engine().backend, 'pipelineCache') as object);
    expect(programs.filter((name) => name.startsWith('matMul'))).not.toEqual([]);
    expect(programs.filter((name) => name.startsWith('matMulSplitK'))).toEqual([]);
  });

  it.each<[string, Shape4, number, number]>([
    ['two by two', [3, 8, 8, 5], 2, 2],
    ['with rows left over', [2, 9, 7, 3], 2, 2],
    ['with cells between windows', [2, 9, 8, 3], 2, 3],
    ['with windows that overlap', [2, 7, 7, 3], 3, 2],
  ])('gives the gradient of max-pooling %s to the right cell', (_, shape, window, stride) =>
    expectAgreement(() => {
      const x = tf.tensor4d(numbers(shape, 'p'), shape);
      return [tf.grad((each: Tensor) => tf.maxPool(each as Tensor4D, window, stride, 'valid'))(x)];
    }),
  );

  it('gives the gradient of max-pooling to the first of cells that tie', () =>
    expectAgreement(() => {
      const shape: Shape4 = [3, 9, 8, 5];
      const ties = tf.tensor4d(numbers(shape, 'p').map(Math.round), shape);
      return [tf.grad((x: Tensor) => tf.maxPool(x as Tensor4D, 2, 2, 'valid'))(ties)];
    }));

  it('frees what kernels take on the way', async () => {
    const conv: Conv = { x: [40, 9, 9, 3], filter: [3, 3, 3, 4], strides: [1, 1], pad: 'same' };
    const once = async () => {
      const tensors = tf.tidy(gradients(conv));
      await Promise.all(tensors.map((each) => each.data()));
      tf.dispose(tensors);
      return tf.engine().backend.numDataIds();
    };
    const after = await once();
    expect(await once()).toBe(after);
  });
});
