import fc from 'fast-check';
import { expect, test } from 'vitest';
import { makeRng } from '../../../src/core/rng.js';
import { fromEntries, stretch, whiten } from '../../../src/samplers/cmaes/covariance.js';
import { symmetricEigen } from '../../../src/samplers/cmaes/eigen.js';

/** A positive definite matrix whose scales differ by up to 10^spread. */
function randomMatrix(n: number, seed: number, spread: number): Float64Array {
  const rng = makeRng(seed);
  const root = Array.from({ length: n }, () => Array.from({ length: n }, () => rng.normal()));
  const scale = Array.from({ length: n }, () => Math.exp(rng.float() * spread));
  return Float64Array.from({ length: n * n }, (_, at) => {
    const [i, j] = [Math.floor(at / n), at % n];
    const dot = root.reduce((sum, row) => sum + (row[i] as number) * (row[j] as number), i === j ? 0.01 : 0);
    return dot * (scale[i] as number) * (scale[j] as number);
  });
}

test('eigenvectors are orthonormal and rebuild the matrix', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 12 }), fc.nat(), fc.constantFrom(0, 3, 8), (n, seed, spread) => {
      const matrix = randomMatrix(n, seed, spread);
      const { vectors: v, values } = symmetricEigen(matrix, n);
      const size = Math.sqrt(matrix.reduce((sum, x) => sum + x * x, 0));
      for (let i = 0; i < n; i++) {
        for (let j = 0; j < n; j++) {
          let [dot, rebuilt] = [0, 0];
          for (let k = 0; k < n; k++) {
            dot += (v[k * n + i] as number) * (v[k * n + j] as number);
            rebuilt += (v[i * n + k] as number) * (values[k] as number) * (v[j * n + k] as number);
          }
          expect(Math.abs(dot - (i === j ? 1 : 0))).toBeLessThan(1e-12);
          expect(Math.abs(rebuilt - (matrix[i * n + j] as number))).toBeLessThan(1e-12 * size);
        }
      }
    }),
    { numRuns: 60 },
  );
});

test('whitening undoes stretching, up to a rotation: lengths come back', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10 }), fc.nat(), (n, seed) => {
      const rng = makeRng(seed, 'z');
      const z = Float64Array.from({ length: n }, () => rng.normal());
      const covariance = fromEntries(n, randomMatrix(n, seed, 2));
      const back = whiten(covariance, stretch(covariance, z));
      const length = (x: Float64Array) => Math.sqrt(x.reduce((sum, v) => sum + v * v, 0));
      expect(length(back)).toBeCloseTo(length(z), 6);
    }),
    { numRuns: 60 },
  );
});
