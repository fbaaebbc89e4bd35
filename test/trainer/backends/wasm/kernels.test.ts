import { createRequire } from 'node:module';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeRng } from '../../../../src/core/rng.js';
import type { Tf } from '../../../../src/trainer/backends/tf.js';
import { installKernels, loadWasm } from '../../../../src/trainer/backends/wasm/load.js';
import { loadNative } from '../../../../src/trainer/backends/wasm/native.js';

let tf: Tf;
beforeAll(async () => {
  tf = (await loadWasm()).tf;
  // For its effect: tfjs's own backend in plain JavaScript, which serves as the definition.
  createRequire(import.meta.url)('@tensorflow/tfjs-backend-cpu');
});

/** So many of the values are zero, as behind a max-pooling and a ReLU. */
type Numbers = { readonly seed: number; readonly zeros: number };

const numbers = fc.record({ seed: fc.nat(), zeros: fc.constantFrom(0, 0.5, 0.875, 1) });

/** Apart by 1e-3 at least, or equal, so that no rounding changes which of a window is the greatest. */
function tensor(shape: readonly number[], { seed, zeros }: Numbers): Tensor {
  const rng = makeRng(seed, shape.join());
  const size = shape.reduce((product, dim) => product * dim, 1);
  const values = Float32Array.from({ length: size }, () =>
    rng.float() < zeros ? 0 : rng.int(2001) / 1000 - 1,
  );
  return tf.tensor(values, [...shape]);
}

/** What `compute` gives on our kernels and on tfjs's plain backend. */
async function onBoth(compute: () => Tensor[]) {
  const results: { shape: number[]; values: Float32Array }[][] = [];
  for (const backend of ['wasm', 'cpu']) {
    await tf.setBackend(backend);
    const tensors = tf.tidy(compute);
    results.push(
      tensors.map((result) => ({ shape: result.shape, values: result.dataSync() as Float32Array })),
    );
    tf.dispose(tensors);
  }
  await tf.setBackend('wasm');
  return results as [(typeof results)[0], (typeof results)[0]];
}

async function expectEqualOnBoth(compute: () => Tensor[]): Promise<void> {
  const [ours, theirs] = await onBoth(compute);
  expect(ours.map(({ shape }) => shape)).toEqual(theirs.map(({ shape }) => shape));
  for (const [at, { values }] of theirs.entries()) {
    // Not by spreading them: a large tensor has more values than a call may have arguments.
    const scale = values.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
    const worst = values.reduce(
      (most, value, i) => Math.max(most, Math.abs(value - ours[at]!.values[i]!)),
      0,
    );
    expect(worst / scale).toBeLessThan(1e-4);
    // A NaN hides from Math.max.
    expect(ours[at]!.values.every(Number.isFinite)).toBe(true);
  }
}

const size = (max: number) => fc.integer({ min: 1, max });
const convolution = fc
  .record({
    batch: size(3),
    height: size(11),
    width: size(11),
    inputs: fc.constantFrom(1, 2, 3, 4, 5, 8, 16, 21),
    outputs: fc.constantFrom(1, 3, 4, 7, 8, 9, 16, 35),
    filter: fc.tuple(size(4), size(4)),
    strides: fc.tuple(size(3), size(3)),
    pad: fc.constantFrom('same' as const, 'valid' as const, 1, 2),
    x: numbers,
    w: numbers,
    dy: numbers,
  })
  .filter(
    ({ pad, height, width, filter }) =>
      pad === 'same' ||
      (height + 2 * (pad === 'valid' ? 0 : pad) >= filter[0] &&
        width + 2 * (pad === 'valid' ? 0 : pad) >= filter[1]),
  );

describe.each([{ relaxed: true }, { relaxed: false }])(
  'kernels on wasm, relaxed: $relaxed',
  ({ relaxed }) => {
    beforeAll(() => {
      const native = loadNative(tf.backend() as BackendWasm, { relaxed });
      expect(native.relaxed).toBe(relaxed);
      installKernels(tf, native);
    });
    afterAll(() => installKernels(tf, loadNative(tf.backend() as BackendWasm)));

    it('conv2d and its gradients agree with tfjs cpu on random shapes', async () => {
      await fc.assert(
        fc.asyncProperty(convolution, async ({ batch, height, width, inputs, outputs, filter, ...rest }) => {
          const { strides, pad } = rest;
          await expectEqualOnBoth(() => {
            const x = tensor([batch, height, width, inputs], rest.x);
            const w = tensor([...filter, inputs, outputs], rest.w);
            const conv = (a: Tensor, b: Tensor) => tf.conv2d(a as Tensor4D, b as Tensor4D, strides, pad);
            const y = conv(x, w);
            return [y, ...tf.grads(conv)([x, w], tensor(y.shape, rest.dy))];
          });
        }),
        { numRuns: 150 },
      );
    });

    it('the gradient of max-pooling agrees with tfjs cpu, overlapping and padded windows included', async () => {
      const pooling = fc.record({
        shape: fc.tuple(size(3), fc.integer({ min: 3, max: 9 }), fc.integer({ min: 3, max: 9 }), size(9)),
        filter: fc.tuple(size(3), size(3)),
        strides: fc.tuple(size(3), size(3)),
        pad: fc.constantFrom('same' as const, 'valid' as const),
        dy: numbers,
      });
      await fc.assert(
        fc.asyncProperty(pooling, async ({ shape, filter, strides, pad, dy }) => {
          await expectEqualOnBoth(() => {
            // No two values of a window are equal: backends need not agree on who wins a tie.
            const cells = shape.reduce((product, dim) => product * dim, 1);
            const rng = makeRng(dy.seed, 'x');
            const values = Float32Array.from({ length: cells }, (_, i) => i);
            for (let i = cells - 1; i > 0; i--) {
              const j = rng.int(i + 1);
              [values[i], values[j]] = [values[j]!, values[i]!];
            }
            const x = tf.tensor(values, shape);
            const pool = (a: Tensor): Tensor => tf.maxPool(a as Tensor4D, filter, strides, pad);
            return [tf.grad(pool)(x, tensor(pool(x).shape, dy))];
          });
        }),
        { numRuns: 150 },
      );
    });

    it('of equal values in a window the first one gets the gradient', () => {
      const x = tf.ones<import('@tensorflow/tfjs-core').Rank.R4>([1, 2, 4, 5]);
      const dx = tf.grad((a) => tf.maxPool(a as Tensor4D, 2, 2, 'valid'))(x, tf.ones([1, 1, 2, 5]));
      const row = [1, 1, 1, 1, 1, 0, 0, 0, 0, 0];
      expect([...dx.dataSync()]).toEqual([...row, ...row, ...Array<number>(20).fill(0)]);
    });

    it('products agree with tfjs cpu, whichever factor is transposed', async () => {
      const product = fc.record({
        rows: fc.constantFrom(1, 2, 5, 6, 7, 13),
        inner: fc.constantFrom(1, 3, 8, 255, 256, 257, 600),
        columns: fc.constantFrom(1, 4, 7, 8, 9, 24),
        leading: fc.constantFrom([], [1], [3]),
        transposeA: fc.boolean(),
        transposeB: fc.boolean(),
        a: numbers,
        b: numbers,
      });
      await fc.assert(
        fc.asyncProperty(
          product,
          async ({ rows, inner, columns, leading, transposeA, transposeB, ...rest }) => {
            await expectEqualOnBoth(() => {
              const a = tensor([...leading, ...(transposeA ? [inner, rows] : [rows, inner])], rest.a);
              const b = tensor([...leading, ...(transposeB ? [columns, inner] : [inner, columns])], rest.b);
              return [tf.matMul(a, b, transposeA, transposeB)];
            });
          },
        ),
        { numRuns: 150 },
      );
    });

    it('sums over any axes agree with tfjs cpu', async () => {
      const sum = fc.record({
        shape: fc.array(fc.constantFrom(1, 2, 3, 5, 20), { minLength: 1, maxLength: 4 }),
        axes: fc.uniqueArray(fc.nat(3), { maxLength: 3 }),
        keepDims: fc.boolean(),
        x: numbers,
      });
      await fc.assert(
        fc.asyncProperty(sum, async ({ shape, axes, keepDims, x }) => {
          const within = axes.filter((axis) => axis < shape.length);
          await expectEqualOnBoth(() => [tf.sum(tensor(shape, x), within, keepDims)]);
        }),
        { numRuns: 100 },
      );
    });

    it('nothing of it is left in the memory of tfjs', () => {
      const before = { ...tf.memory(), ids: (tf.backend() as BackendWasm).numDataIds() };
      const x = tensor([2, 6, 6, 4], { seed: 1, zeros: 0 }) as Tensor4D;
      const w = tensor([3, 3, 4, 8], { seed: 2, zeros: 0 }) as Tensor4D;
      const block = (a: Tensor, b: Tensor) =>
        tf.sum(tf.maxPool(tf.conv2d(a as Tensor4D, b as Tensor4D, 1, 'same'), 2, 2, 'valid'));
      tf.dispose([...tf.tidy(() => tf.grads(block)([x, w])), x, w]);
      expect({ ...tf.memory(), ids: (tf.backend() as BackendWasm).numDataIds() }).toEqual(before);
    });
  },
);
