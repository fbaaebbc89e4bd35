import { describe, expect, test } from 'vitest';
import { float, type Params } from '../../src/core/distribution.js';
import { encodingOf } from '../../src/core/encoding/encoding.js';
import { makeRng } from '../../src/core/rng.js';
import { makeSpace } from '../../src/core/space.js';
import { readFrontHistory } from '../../src/samplers/gp/front/history.js';
import { readHistory } from '../../src/samplers/gp/history.js';
import { BOWLS, type Bowl, sweep } from './bowl.js';
import { config, loadSampler, viewOf } from './support.js';

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

describe('what is an outlier is judged by all results, with one objective as with several', () => {
  const line = makeSpace([{ name: 'x', distribution: float(0, 1) }]);
  const encoding = encodingOf(line);
  /** Values that fall from 1 to 2 and then lie close to 0, and one of `last`. */
  const past = (last: number, objectives: number) => {
    const losses = Array.from({ length: 260 }, (_, k) => (k < 10 ? 1 + k / 10 : 1e-3 + 1e-6 * (k % 7)));
    const configs = [...losses, last].map((loss, k) => ({
      ...config(k, { x: k / 400 }, { values: Array.from({ length: objectives }, () => loss) }),
    }));
    return viewOf(
      configs,
      Array.from({ length: objectives }, () => 'minimize' as const),
    );
  };

  test('early results of a search that has converged are none', () => {
    expect(readHistory(past(0.5, 1), encoding).failed).toEqual([]);
    expect(readFrontHistory(past(0.5, 2), encoding).failed).toEqual([]);
  });

  test('a value far above all others is one', () => {
    expect(readHistory(past(1e6, 1), encoding).failed).toHaveLength(1);
    expect(readFrontHistory(past(1e6, 2), encoding).failed).toHaveLength(1);
  });

  test('so are three a hundred times above the others, which have not diverged a thousand times', () => {
    const of = (objectives: number) => {
      const { configs, directions } = past(400, objectives);
      const more = [401, 402].map((loss, k) =>
        config(300 + k, { x: 0.9 + k / 100 }, { values: directions.map(() => loss) }),
      );
      return viewOf([...configs, ...more], directions);
    };
    expect(readHistory(of(1), encoding).failed).toHaveLength(3);
    expect(readFrontHistory(of(3), encoding).failed).toHaveLength(3);
  });
});
