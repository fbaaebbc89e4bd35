import { expect, test } from 'vitest';
import { float, type Params } from '../../src/core/distribution.js';
import { makeRng } from '../../src/core/rng.js';
import { makeSpace } from '../../src/core/space.js';
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

test('gp finds the optimum though outliers lie only a hundred times above the worst usual value', async () => {
  const space = makeSpace(['a', 'b', 'c'].map((name) => ({ name, distribution: float(-5, 5) })));
  const f = ({ a, b, c }: Params) =>
    (Number(a) - 1.7) ** 2 + 10 * (Number(b) + 2.1) ** 2 + 100 * (Number(c) - 0.6) ** 2;
  for (const seed of [1, 2, 3]) {
    const rng = makeRng(seed, 'outliers');
    let least = Number.POSITIVE_INFINITY;
    const told = (params: Params) => {
      if (rng.float() < 0.25) return 1e6;
      least = Math.min(least, f(params));
      return f(params);
    };
    sweep(await loadSampler('gp'), { ...bowl, space, f: told }, { trials: 32, seed });
    expect(least).toBeLessThan(0.5);
  }
});
