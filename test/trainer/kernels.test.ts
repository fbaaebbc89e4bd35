import type { Rank, Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { makeRng } from '../../src/core/rng.js';
import type { Tf } from '../../src/trainer/backends/tf.js';
import { loadWasm } from '../../src/trainer/backends/wasm/load.js';

type Shape4 = [number, number, number, number];
type Pad = 'same' | 'valid' | number;

let tf: Tf;
beforeAll(async () => {
  tf = (await loadWasm()).tf;
});

const size = (shape: readonly number[]) => shape.reduce((product, dim) => product * dim, 1);

/** Values far enough apart that no rounding changes which of a window is the greatest. */
function numbers(shape: readonly number[], label: string): Float32Array {
  const rng = makeRng(1, label);
  return Float32Array.from({ length: size(shape) }, () => rng.int(2001) / 1000 - 1);
}

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  expect(actual.length).toBe(expected.length);
  const worst = Math.max(...Array.from(expected, (value, i) => Math.abs(value - actual[i]!)));
  const scale = Math.max(1, ...Array.from(expected, Math.abs));
  expect(worst / scale).toBeLessThan(2e-5);
}

/** conv2d and its two gradients by the definition, in double precision. */
function plainConv(shape: Shape4, filterShape: Shape4, stride: number, pad: Pad) {
  const [batch, height, width, inputs] = shape;
  const [rows, cols, , outputs] = filterShape;
  const info = tf.backend_util.computeConv2DInfo(shape, filterShape, stride, 1, pad);
  const { outHeight, outWidth, padInfo } = info;
  const outShape: Shape4 = [batch, outHeight, outWidth, outputs];
  const each = (visit: (x: number, w: number, y: number) => void) => {
    for (let n = 0; n < batch; n++)
      for (let oy = 0; oy < outHeight; oy++)
        for (let ox = 0; ox < outWidth; ox++)
          for (let i = 0; i < rows; i++)
            for (let j = 0; j < cols; j++) {
              const y = oy * stride + i - padInfo.top;
              const x = ox * stride + j - padInfo.left;
              if (y < 0 || y >= height || x < 0 || x >= width) continue;
              for (let ci = 0; ci < inputs; ci++)
                for (let co = 0; co < outputs; co++)
                  visit(
                    ((n * height + y) * width + x) * inputs + ci,
                    ((i * cols + j) * inputs + ci) * outputs + co,
                    ((n * outHeight + oy) * outWidth + ox) * outputs + co,
                  );
            }
  };
  return {
    outShape,
    gradients(x: Float32Array, w: Float32Array, dy: Float32Array) {
      const dx = new Float64Array(x.length);
      const dw = new Float64Array(w.length);
      each((xi, wi, yi) => {
        dx[xi] = dx[xi]! + w[wi]! * dy[yi]!;
        dw[wi] = dw[wi]! + x[xi]! * dy[yi]!;
      });
      return { dx, dw };
    },
  };
}

describe('conv2d gradients on wasm', () => {
  const cases: [string, Shape4, Shape4, number, Pad][] = [
    ['first layer, same', [5, 8, 8, 1], [3, 3, 1, 4], 1, 'same'],
    ['second layer, same', [4, 7, 6, 3], [3, 3, 3, 5], 1, 'same'],
    ['real size', [16, 14, 14, 8], [3, 3, 8, 16], 1, 'same'],
    ['valid', [3, 9, 7, 2], [3, 3, 2, 3], 1, 'valid'],
    ['even filter, same', [2, 6, 6, 2], [2, 4, 2, 3], 1, 'same'],
    ['padding by number', [2, 6, 5, 2], [3, 3, 2, 2], 1, 2],
    ['stride 2, rows left over', [2, 8, 8, 2], [3, 3, 2, 3], 2, 'valid'],
    ['stride 2, same', [2, 7, 8, 2], [3, 3, 2, 3], 2, 'same'],
  ];
  it.each(cases)('%s: agree with the definition', (_, shape, filterShape, stride, pad) => {
    const reference = plainConv(shape, filterShape, stride, pad);
    const x = numbers(shape, 'x');
    const w = numbers(filterShape, 'w');
    const dy = numbers(reference.outShape, 'dy');
    const [dx, dw] = tf.tidy(() => {
      const gradients = tf.grads((a: Tensor, b: Tensor) =>
        tf.conv2d(a as Tensor4D, b as Tensor4D, stride, pad),
      )([tf.tensor4d(x, shape), tf.tensor4d(w, filterShape)], tf.tensor4d(dy, reference.outShape));
      return gradients.map((gradient) => gradient.dataSync());
    });
    const expected = reference.gradients(x, w, dy);
    expectClose(dx!, expected.dx);
    expectClose(dw!, expected.dw);
  });
});

/** What f changes by when each value moves a little; f must be smooth around x. */
function finiteDifferences(f: (x: Tensor) => Tensor, values: Float32Array, shape: number[], h: number) {
  const at = (i: number, shift: number) =>
    tf.tidy(() => {
      const moved = values.slice();
      moved[i] = moved[i]! + shift;
      return f(tf.tensor(moved, shape)).dataSync()[0]!;
    });
  return Array.from(values, (_, i) => (at(i, h) - at(i, -h)) / (2 * h));
}

describe('gradients on wasm agree with finite differences', () => {
  const weigh = (y: Tensor) => tf.sum(tf.mul(y, tf.tensor(numbers(y.shape, 'weigh'), y.shape)));
  const cases: [string, number[], (x: Tensor) => Tensor<Rank>][] = [
    [
      'conv2d, input',
      [2, 5, 5, 2],
      (x) => {
        const w = tf.tensor4d(numbers([3, 3, 2, 3], 'w'), [3, 3, 2, 3]);
        return tf.conv2d(x as Tensor4D, w, 1, 'same');
      },
    ],
    [
      'conv2d, filter',
      [3, 3, 2, 3],
      (w) => {
        const x = tf.tensor4d(numbers([2, 5, 5, 2], 'x'), [2, 5, 5, 2]);
        return tf.conv2d(x, w as Tensor4D, 1, 'same');
      },
    ],
    ['max-pooling', [2, 5, 6, 3], (x) => tf.maxPool(x as Tensor4D, 2, 2, 'valid')],
    ['matMul, left', [3, 4], (x) => tf.matMul(x, tf.tensor(numbers([4, 5], 'b'), [4, 5]))],
    ['matMul, right', [4, 5], (x) => tf.matMul(tf.tensor(numbers([3, 4], 'a'), [3, 4]), x)],
    ['bias', [3], (b) => tf.add(tf.tensor(numbers([2, 4, 5, 3], 'x'), [2, 4, 5, 3]), b)],
  ];
  it.each(cases)('%s', (_, shape, f) => {
    const values = numbers(shape, 'values');
    // Every function here is linear between two kinks, so a step need not be tiny, only smaller than a gap of values.
    const expected = finiteDifferences((x) => weigh(f(x)), values, shape, 2e-4);
    const actual = tf.tidy(() =>
      tf
        .grad((x) => weigh(f(x)))(tf.tensor(values, shape))
        .dataSync(),
    );
    expect(Math.max(...expected.map(Math.abs))).toBeGreaterThan(0.1);
    for (const [i, value] of expected.entries()) expect(Math.abs(actual[i]! - value)).toBeLessThan(0.02);
  });
});
