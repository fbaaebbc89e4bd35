import { expect, test } from 'vitest';
import { descend } from '../../src/core/numeric/descend.js';

test('asks for derivatives only where the descent continues', () => {
  let values = 0;
  let slopes = 0;
  const whole = (x: Float64Array, g: Float64Array) => {
    g[0] = 4 * (x[0] as number) ** 3;
    return (x[0] as number) ** 4;
  };
  const parts = {
    value: (x: Float64Array) => {
      values++;
      return whole(x, new Float64Array(1));
    },
    differentiate: (x: Float64Array, g: Float64Array) => {
      slopes++;
      return whole(x, g);
    },
  };
  const box = { low: new Float64Array(1).fill(-5), high: new Float64Array(1).fill(5) };
  const limit = { evaluations: 15, tolerance: 1e-14, stride: 1 };
  const start = Float64Array.from([3]);
  expect(descend(parts, start, box, limit)).toEqual(descend(whole, start, box, limit));
  expect(values).toBe(15);
  expect(slopes).toBeLessThan(values);
});
