import { describe, expect, test } from 'vitest';
import { hypervolume } from '../../../bench/pareto/hypervolume.js';
import { makeRng } from '../../../src/core/rng.js';
import { freeBoxes } from '../../../src/samplers/gp/front/boxes.js';
import { makeFrontAcquisition } from '../../../src/samplers/gp/front/log-improvement.js';
import { Posterior } from '../../../src/samplers/gp/posterior.js';

/** A model of some random values at random points of two numbers. */
function someModel(seed: number): Posterior {
  const rng = makeRng(seed, 'model');
  const n = 6;
  const rows = Float64Array.from({ length: 2 * n }, () => rng.float());
  const z = Float64Array.from({ length: n }, () => rng.normal());
  const data = { rows, n, columns: 2, numbers: 2, axisOf: Int32Array.from([0, 1]), axes: 2 };
  return new Posterior(Float64Array.from([1, 0.5, 0, -12, -8, 0]), data, z, new Float64Array(n).fill(0.01));
}

describe.each([
  { objectives: 2, rate: 1e-6 },
  { objectives: 2, rate: 0.8 },
  { objectives: 3, rate: 0.8 },
])('$objectives objectives on a scale with the rate $rate', ({ objectives, rate }) => {
  const models = Array.from({ length: objectives }, (_, k) => ({ posterior: someModel(k), rate }));
  const reference = models.map(() => 2);
  const rng = makeRng(3, 'front');
  const front = Array.from({ length: 5 }, () => models.map(() => 1.5 * rng.normal()));
  const acquisition = makeFrontAcquisition(models, freeBoxes(front, reference), 2);
  const own = (losses: readonly number[]) => losses.map((loss) => Math.expm1(rate * loss));

  test('is the mean of what draws from the models add to the hypervolume, in the units of the objectives', () => {
    const worst = own(reference);
    const before = hypervolume(front.map(own), worst);
    for (const place of [
      [0.2, 0.3],
      [0.9, 0.1],
    ]) {
      const row = Float64Array.from(place);
      const predictions = models.map(({ posterior }) => posterior.predict(row));
      const draws = 10_000;
      let sum = 0;
      for (let k = 0; k < draws; k++) {
        const point = predictions.map(({ mean, deviation }) => mean + deviation * rng.normal());
        sum += hypervolume([...front.map(own), own(point)], worst) - before;
      }
      const exact = Math.exp(acquisition.value(row, Number.NEGATIVE_INFINITY));
      expect(Math.abs(sum / draws / exact - 1)).toBeLessThan(0.06);
    }
  });

  test('has the derivatives that differences show', () => {
    for (const place of [
      [0.2, 0.3],
      [0.71, 0.64],
    ]) {
      const row = Float64Array.from(place);
      const gradient = new Float64Array(2);
      expect(acquisition.differentiate(row, gradient)).toBeCloseTo(
        acquisition.value(row, Number.NEGATIVE_INFINITY),
        10,
      );
      for (const c of [0, 1]) {
        const [more, less] = [1e-6, -1e-6].map((step) =>
          acquisition.value(
            row.map((v, at) => (at === c ? v + step : v)),
            Number.NEGATIVE_INFINITY,
          ),
        );
        expect(gradient[c]).toBeCloseTo(((more as number) - (less as number)) / 2e-6, 3);
      }
    }
  });

  test('stays finite where no improvement is in sight', () => {
    const far = makeFrontAcquisition(
      models,
      freeBoxes(
        [models.map(() => -60)],
        models.map(() => -50),
      ),
      2,
    );
    const gradient = new Float64Array(2);
    expect(Number.isFinite(far.differentiate(Float64Array.from([0.5, 0.5]), gradient))).toBe(true);
    expect(gradient.every(Number.isFinite)).toBe(true);
  });
});
