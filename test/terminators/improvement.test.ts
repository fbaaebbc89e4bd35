import { describe, expect, test } from 'vitest';
import { float, int, type Params } from '../../src/core/distribution.js';
import { makeRng } from '../../src/core/rng.js';
import { makeSpace } from '../../src/core/space.js';
import type { ConfigView } from '../../src/core/study-view.js';
import type { Direction } from '../../src/core/trial.js';
import { type Prospect, prospect } from '../../src/terminators/improvement.js';
import { config, freeze, loadSampler, viewOf } from '../samplers/support.js';
import { loadTerminator, repeated, search } from './support.js';

const square = (x: number) => x * x;
const plane = freeze(
  makeSpace([
    { name: 'x', distribution: float(0, 1) },
    { name: 'y', distribution: float(0, 1) },
  ]),
);
/** Least, with 0, at (0.3, 0.6); 1 to 2 in the corners. */
const bowl = ({ x, y }: Params) => 2 * square(Number(x) - 0.3) + 2 * square(Number(y) - 0.6);

/** Uniform configurations with the values of their repeats, seen through a scale. */
function observed(
  count: number,
  {
    noise,
    repeats = 1,
    times = 1,
    plus = 0,
  }: { noise: number; repeats?: number; times?: number; plus?: number },
): ConfigView[] {
  const rng = makeRng(7, 'observed');
  return Array.from({ length: count }, (_, index) => {
    const params = { x: rng.float(), y: rng.float() };
    const values = Array.from(
      { length: repeats },
      () => times * (bowl(params) + noise * rng.normal()) + plus,
    );
    return repeated(index, params, values);
  });
}

const judge = (configs: readonly ConfigView[], direction: Direction = 'minimize', space = plane) =>
  prospect(space, viewOf(configs, [direction]), makeRng(1, 'judge'));
const told = (found: Prospect | string): Prospect => {
  if (typeof found === 'string') throw new Error(found);
  return found;
};

describe('what is measured', () => {
  test('without repeats the noise is what the model learned', () => {
    for (const noise of [0.05, 0.2]) {
      const found = told(judge(observed(80, { noise })));
      expect(found.source).toBe('model');
      expect(found.noise / noise).toBeGreaterThan(0.6);
      expect(found.noise / noise).toBeLessThan(1.6);
    }
  });

  test('with repeats it is the standard error of their mean, over the better half', () => {
    const configs = [
      repeated(0, { x: 0.1, y: 0.1 }, [1, 3]),
      repeated(1, { x: 0.5, y: 0.1 }, [2, 2, 5]),
      ...Array.from({ length: 20 }, (_, k) => repeated(2 + k, { x: k / 20, y: 0.9 }, [100 + k, 900 - k])),
      ...Array.from({ length: 18 }, (_, k) => repeated(22 + k, { x: k / 18, y: 0.5 }, [10 + k, 10 + k])),
    ];
    const found = told(judge(configs));
    expect(found.source).toBe('repeats');
    // Variances 2 (one degree of freedom), 3 (two) and 0 (18); the means are of up to three values.
    expect(found.noise).toBeCloseTo(Math.sqrt((2 + 2 * 3) / 21 / 3), 10);
  });

  test('both figures are in the units of the objective, whatever its scale', () => {
    const [one, thousand] = [{}, { times: 1000, plus: -5e5 }].map((scale) =>
      told(judge(observed(40, { noise: 0.05, ...scale }))),
    ) as [Prospect, Prospect];
    expect(thousand.noise / one.noise).toBeCloseTo(1000, 0);
    expect(thousand.improvement / one.improvement).toBeCloseTo(1000, 0);
  });

  test('what is maximized is judged as what is minimized', () => {
    const configs = observed(40, { noise: 0.05 });
    const mirrored = configs.map((each) => ({ ...each, values: [-(each.values?.[0] as number)] }));
    expect(judge(mirrored, 'maximize')).toEqual(judge(configs));
  });

  test('the improvement shrinks as the search comes to its end', async () => {
    const study = search(await loadSampler('gp'), plane, 1, (params) => [bowl(params)]);
    const after = new Map<number, number>();
    for (let trial = 1; trial <= 40; trial++) {
      const { view } = study.next();
      if (trial === 10 || trial === 40)
        after.set(trial, told(prospect(plane, view, makeRng(1), 1)).improvement);
    }
    expect(after.get(40)).toBeLessThan(0.01 * (after.get(10) as number));
  });
});

describe('it continues, and says why', () => {
  test('until there are 20 configurations, twice as many as parameters, or as many as asked for', async () => {
    expect(judge(observed(19, { noise: 0.1 }))).toBe('19 finished configurations, 20 are needed');
    const wide = makeSpace(
      Array.from({ length: 15 }, (_, k) => ({ name: `x${k}`, distribution: float(0, 1) })),
    );
    expect(judge(observed(19, { noise: 0.1 }), 'minimize', wide)).toContain('30 are needed');
    const patient = await loadTerminator('improvement', { min_trials: 50 });
    const verdict = patient.decide(plane, viewOf(observed(49, { noise: 9 })), { rng: makeRng(1) });
    expect(verdict).toEqual({ stop: false, reason: '49 finished configurations, 50 are needed', gain: null });
  });

  test('while nothing is feasible', () => {
    const breached = observed(30, { noise: 0.1 }).map((each) => ({ ...each, violations: [1] }));
    expect(judge(breached)).toContain('feasible');
  });

  test('when every point of the space is tried: to end that is not its business', () => {
    const small = makeSpace([{ name: 'x', distribution: int(1, 25) }]);
    const all = Array.from({ length: 25 }, (_, k) => config(k, { x: k + 1 }, { value: square(k - 11) }));
    expect(judge(all, 'minimize', small)).toBe('no new configuration was found');
  });

  test('when repeats agree to the last bit: any improvement is then one', async () => {
    const terminator = await loadTerminator('improvement');
    const view = viewOf(observed(60, { noise: 0, repeats: 2 }));
    const { stop, reason } = terminator.decide(plane, view, { rng: makeRng(1) });
    expect(stop).toBe(false);
    expect(reason).toContain('the noise that the repeats show is 0');
  });
});

describe('on whole searches with gp', () => {
  /** The trial at which the sweep ends, with the true value of what looks best then; null: it does not. */
  async function stop(
    evaluate: (params: Params) => readonly number[],
    truth: typeof bowl,
    seed: number,
    budget: number,
  ) {
    const terminator = await loadTerminator('improvement');
    const study = search(await loadSampler('gp'), plane, seed, evaluate);
    let best = { told: Number.POSITIVE_INFINITY, value: Number.POSITIVE_INFINITY };
    for (let trial = 1; trial <= budget; trial++) {
      const { view, params } = study.next();
      const value = view.configs.at(-1)?.values?.[0] as number;
      if (value < best.told) best = { told: value, value: truth(params) };
      const verdict = terminator.decide(plane, view, { rng: makeRng(seed, 'terminate', trial) });
      if (verdict.stop) return { trial, regret: best.value, reason: verdict.reason };
    }
    return { trial: null, regret: best.value, reason: '' };
  }

  test.each([
    [1, 0.1],
    [3, 0.1],
    [1, 0.02],
  ])(
    'with %d noisy trials of each configuration it stops at the optimum, within the noise (%d)',
    async (repeats, noise) => {
      for (const seed of [1, 2, 3]) {
        const rng = makeRng(seed, 'noise');
        const evaluate = (params: Params) =>
          Array.from({ length: repeats }, () => bowl(params) + noise * rng.normal());
        const { trial, regret, reason } = await stop(evaluate, bowl, seed, 100);
        expect(trial, `seed ${seed}`).not.toBeNull();
        expect(regret, `seed ${seed}`).toBeLessThan((3 * noise) / Math.sqrt(repeats));
        expect(reason).toMatch(
          /^the largest expected improvement is [\d.e-]+, below 0.1 times the noise: the noise that the (model learned|repeats show) is [\d.e-]+$/,
        );
      }
    },
  );

  test('without noise it continues while large gains remain', async () => {
    // A narrow bent valley whose floor falls by orders of magnitude.
    const valley = ({ x, y }: Params) => {
      const [u, v] = [4 * Number(x) - 2, 4 * Number(y) - 1];
      return 100 * square(v - u * u) + square(1 - u);
    };
    for (const seed of [1, 2, 3]) {
      const { regret } = await stop((params) => [valley(params)], valley, seed, 60);
      // The corners are worth thousands.
      expect(regret, `seed ${seed}`).toBeLessThan(0.1);
    }
  });
});
