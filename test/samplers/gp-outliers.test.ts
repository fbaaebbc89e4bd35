import { expect, test } from 'vitest';
import type { Params } from '../../src/core/distribution.js';
import { makeRng } from '../../src/core/rng.js';
import { BOWLS, type Bowl, sweep } from './bowl.js';
import { loadSampler } from './support.js';

const bowl = BOWLS[0] as Bowl;

/** The lowest value of the bowl that a sweep of 32 trials finds where some diverge. */
async function best(name: string, loss: number, seed: number, diverges: (params: Params) => boolean) {
  let least = Number.POSITIVE_INFINITY;
  const f = (params: Params) => {
    if (diverges(params)) return loss;
    least = Math.min(least, bowl.f(params));
    return bowl.f(params);
  };
  sweep(await loadSampler(name), { ...bowl, f }, { trials: 32, seed });
  return least;
}

const LOSSES = [1e6, 1e38, Number.POSITIVE_INFINITY];

test.each(LOSSES)(
  'gp finds the optimum though a quarter of the trials, anywhere, end with %d',
  async (loss) => {
    for (const seed of [1, 2, 4]) {
      // A point diverges or not, however often it is looked at.
      const diverges = ({ x0, x1 }: Params) => makeRng(seed, `${x0} ${x1}`).float() < 0.25;
      expect(await best('gp', loss, seed, diverges)).toBeLessThan(1e-2);
    }
  },
);

test.each(LOSSES)('gp finds the optimum though a whole region ends with %d', async (loss) => {
  for (const seed of [1, 2, 4])
    expect(await best('gp', loss, seed, ({ x0 }) => Number(x0) < -1.5)).toBeLessThan(1e-2);
});
