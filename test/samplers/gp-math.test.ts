import { describe, expect, test } from 'vitest';
import { descend } from '../../src/core/numeric/descend.js';
import { backSolve, factorize, forwardSolve, invert } from '../../src/core/numeric/linalg.js';
import { matern } from '../../src/core/numeric/matern.js';
import { makeRng } from '../../src/core/rng.js';
import { makeAcquisition } from '../../src/samplers/gp/acquisition.js';
import { logCdf, logH } from '../../src/samplers/gp/log-ei.js';
import { negativeLogPosterior } from '../../src/samplers/gp/log-posterior.js';
import { Posterior } from '../../src/samplers/gp/posterior.js';
import { priorsOf } from '../../src/samplers/gp/priors.js';
import { distances, warp } from '../../src/samplers/gp/warp.js';
import { example, theta } from './gp-example.js';

/** Central differences. */
function numeric(f: (x: Float64Array) => number, x: Float64Array, step = 1e-5): number[] {
  return Array.from(x, (_, k) => {
    const [a, b] = [x.slice(), x.slice()];
    a[k] = (a[k] as number) + step;
    b[k] = (b[k] as number) - step;
    return (f(a) - f(b)) / (2 * step);
  });
}

const close = (actual: ArrayLike<number>, expected: readonly number[], digits = 4) => {
  expect(actual.length).toBe(expected.length);
  expected.forEach((value, k) => {
    expect(actual[k]).toBeCloseTo(value, digits);
  });
};

describe('the expected improvement', () => {
  // h(z) = phi(z) + z Phi(z), from tables of the normal distribution.
  test.each([
    [0, Math.log(0.3989422804)],
    [1, Math.log(1.0833154706)],
    [-1, Math.log(0.0833154706)],
    [-2, Math.log(0.0084907)],
  ])('has the logarithm of its definition at %d', (z, expected) => {
    expect(logH(z).log).toBeCloseTo(expected, 5);
  });

  test.each([-1e6, -50, -10, -3.01, -3, -2.99, -1, 0, 2, 3, 3.01, 8])(
    'is smooth at %d, with its derivative, however far the improvement is',
    (z) => {
      for (const f of [logH, logCdf]) {
        const step = Math.max(1, Math.abs(z)) * 1e-6;
        const slope = (f(z + step).log - f(z - step).log) / (2 * step);
        expect(Math.abs(f(z).slope - slope)).toBeLessThan(1e-5 * Math.max(1, Math.abs(slope)));
        expect(f(z).log).toBeLessThan(f(z + step).log + 1e-12);
      }
    },
  );
});

describe('the kernels of linear algebra', () => {
  test.each([1, 2, 3, 8, 9])('factorize, solve and invert a matrix of %d rows', (n) => {
    const rng = makeRng(2, 'matrix');
    const root = Float64Array.from({ length: n * n }, () => rng.normal());
    const a = new Float64Array(n * n);
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++)
        for (let k = 0; k < n; k++)
          a[i * n + j] =
            (a[i * n + j] as number) +
            (root[i * n + k] as number) * (root[j * n + k] as number) +
            (i === j ? 0.1 : 0);
    const l = a.slice();
    expect(factorize(l, n)).toBe(true);
    const inverse = new Float64Array(n * n);
    invert(l, n, new Float64Array(n * n), inverse);
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++) {
        let product = 0;
        for (let k = 0; k < n; k++) product += (a[i * n + k] as number) * (inverse[k * n + j] as number);
        expect(product).toBeCloseTo(i === j ? 1 : 0, 8);
      }
    const half = new Float64Array(n);
    const y = Float64Array.from({ length: n }, (_, k) => k);
    forwardSolve(l, n, y, half);
    const quadratic = inverse.reduce(
      (sum, v, at) => sum + v * (y[Math.floor(at / n)] as number) * (y[at % n] as number),
      0,
    );
    expect(half.reduce((sum, v) => sum + v * v, 0)).toBeCloseTo(quadratic, 8);
    const solved = new Float64Array(n);
    backSolve(l, n, half, solved);
    solved.forEach((v, i) => {
      const product = y.reduce((sum, each, j) => sum + each * (inverse[i * n + j] as number), 0);
      expect(v).toBeCloseTo(product, 8);
    });
  });

  test('say when a matrix has no factor', () => {
    expect(factorize(Float64Array.from([1, 2, 2, 1]), 2)).toBe(false);
  });
});

test('the kernel is that of its definition, and falls without a jump to 0 far away', () => {
  const q = Float64Array.from({ length: 500 }, (_, k) => (k / 25) ** 2);
  const [value, slope] = [new Float64Array(500), new Float64Array(500)];
  matern(q, 500, value, slope);
  q.forEach((distance2, k) => {
    const r = Math.sqrt(5 * distance2);
    expect(value[k]).toBeCloseTo((1 + r + (r * r) / 3) * Math.exp(-r), 13);
    expect(slope[k]).toBeCloseTo((-5 / 6) * (1 + r) * Math.exp(-r), 13);
  });
});

describe('the local search', () => {
  test('finds the minimum of a bent valley', () => {
    const valley = (x: Float64Array, g: Float64Array) => {
      const [a, b] = x as unknown as [number, number];
      g[0] = -2 * (1 - a) - 400 * a * (b - a * a);
      g[1] = 200 * (b - a * a);
      return (1 - a) * (1 - a) + 100 * (b - a * a) * (b - a * a);
    };
    const box = { low: new Float64Array(2).fill(-5), high: new Float64Array(2).fill(5) };
    const found = descend(valley, Float64Array.from([-1.5, 2]), box, {
      evaluations: 300,
      tolerance: 1e-14,
      stride: 1,
    });
    close(found.x, [1, 1], 3);
  });

  test('stops at the bounds that the descent pushes against', () => {
    const slope = (x: Float64Array, g: Float64Array) => {
      g[0] = 1;
      g[1] = 2 * ((x[1] as number) - 0.3);
      return (x[0] as number) + ((x[1] as number) - 0.3) * ((x[1] as number) - 0.3);
    };
    const box = { low: new Float64Array(2), high: new Float64Array(2).fill(1) };
    const found = descend(slope, Float64Array.from([0.9, 0.9]), box, {
      evaluations: 100,
      tolerance: 1e-12,
      stride: 1,
    });
    close(found.x, [0, 0.3]);
  });
});

describe('the model', () => {
  test('has the gradient of its posterior density', () => {
    const { data } = example();
    const f = negativeLogPosterior(data, priorsOf(data.axes));
    const gradient = new Float64Array(7);
    f.value(theta);
    f.differentiate(theta, gradient);
    const expected = numeric(f.value, theta);
    expect(Math.max(...expected.map(Math.abs))).toBeGreaterThan(1);
    close(gradient, expected, 3);
  });

  test('has the gradient of the tails of its priors', () => {
    const { data } = example();
    const f = negativeLogPosterior(data, priorsOf(data.axes));
    const far = Float64Array.from([4, -5, 0.2, 0.1, -1, -3, 0.4]);
    const gradient = new Float64Array(7);
    f.value(far);
    f.differentiate(far, gradient);
    close(gradient, numeric(f.value, far), 3);
  });

  test('goes through what was seen when there is no noise, and knows less away from it', () => {
    const { data } = example();
    const { z } = warp(data.u, 1);
    const posterior = new Posterior(theta, data, z, new Float64Array(data.n).fill(1e-8));
    for (let i = 0; i < data.n; i++) {
      const { mean, deviation } = posterior.predict(data.rows.slice(i * 4, i * 4 + 4));
      expect(mean).toBeCloseTo(z[i] as number, 3);
      expect(deviation).toBeLessThan(1e-3);
    }
    expect(posterior.predict(Float64Array.from([5, 5, 5, 0])).deviation).toBeGreaterThan(0.5);
  });

  test('knows early that a point is hopeless, and never says so of one that is not', () => {
    const { data } = example(50);
    const { z } = warp(data.u, 1);
    const posterior = new Posterior(theta, data, z, new Float64Array(data.n).fill(0.05));
    const rng = makeRng(4, 'rows');
    let left = 0;
    for (let k = 0; k < 200; k++) {
      const row = Float64Array.from([rng.float(), rng.float(), rng.float(), rng.int(3)]);
      const { mean, deviation } = posterior.predict(row);
      const limit = 0.4 * rng.float();
      const found = posterior.predictUnless(row, (expected, most) => {
        expect(expected).toBeCloseTo(mean, 10);
        expect(most).toBeGreaterThan(deviation - 1e-9);
        return most < limit;
      });
      if (found === null) left++;
      if (found === null) expect(deviation).toBeLessThan(limit);
      else expect(found.deviation).toBeCloseTo(deviation, 10);
    }
    expect(left).toBeGreaterThan(20);
  });

  test('expects at its own rows what it predicts there', () => {
    const { data } = example();
    const { z } = warp(data.u, 1);
    const posterior = new Posterior(theta, data, z, new Float64Array(data.n).fill(0.05));
    posterior.own.forEach((mean, i) => {
      expect(mean).toBeCloseTo(posterior.mean(data.rows.slice(i * 4, i * 4 + 4)), 10);
    });
  });

  test('has the gradient of the acquisition, with and without a constraint', () => {
    const { data } = example();
    const { z } = warp(data.u, 1);
    const noise = new Float64Array(data.n).fill(0.05);
    const posterior = new Posterior(theta, data, z, noise);
    const constraint = new Posterior(theta, data, z.slice().reverse(), noise);
    for (const constraints of [[], [{ posterior: constraint, limit: -0.5, firm: true }]]) {
      const acquisition = makeAcquisition({ posterior, limit: -1 }, constraints, 3);
      const row = Float64Array.from([0.4, 0.6, 0.1, 2]);
      const gradient = new Float64Array(3);
      expect(acquisition.differentiate(row, gradient)).toBeCloseTo(
        acquisition.value(row, Number.NEGATIVE_INFINITY),
        10,
      );
      const at = (x: Float64Array) =>
        acquisition.value(Float64Array.from([...x, 2]), Number.NEGATIVE_INFINITY);
      const expected = numeric(at, row.slice(0, 3));
      expect(Math.max(...expected.map(Math.abs))).toBeGreaterThan(0.01);
      close(gradient, expected, 4);
    }
  });

  test('bends values without changing their order, and standardises them', () => {
    const values = [3, 1e6, 2, 50, 1, 1000];
    for (const bend of [1e-3, 1, 1e3]) {
      const { u, best, unit } = distances(values);
      const { z, at } = warp(u, bend);
      const order = (all: ArrayLike<number>) =>
        Array.from(all, (v, k) => [v, k] as const)
          .sort(([a], [b]) => a - b)
          .map(([, k]) => k);
      expect(order(z)).toEqual(order(values));
      expect(z.reduce((a, b) => a + b, 0)).toBeCloseTo(0, 8);
      expect(z.reduce((a, b) => a + b * b, 0) / z.length).toBeCloseTo(1, 8);
      values.forEach((value, k) => {
        expect(at((value - best) / unit)).toBeCloseTo(z[k] as number, 8);
      });
    }
    expect([...distances([7, 7, 7]).u]).toEqual([0, 0, 0]);
  });
});
