import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { categorical, float, int } from '../../src/core/distribution.js';
import { makeSfc32 } from '../../src/core/fast-rng.js';
import { makeRng } from '../../src/core/rng.js';
import { makeSpace, paramsKey, type Space } from '../../src/core/space.js';
import type { ConfigView } from '../../src/core/study-view.js';
import type { Sampler } from '../../src/samplers/sampler.js';
import { groupsOf } from '../../src/samplers/tpe/groups.js';
import { History } from '../../src/samplers/tpe/history.js';
import { normalCdf } from '../../src/samplers/tpe/normal.js';
import { SETTINGS } from '../../src/samplers/tpe/settings.js';
import { config, freeze, history, loadSampler, pasts, viewOf } from './support.js';

const plane = freeze(
  makeSpace([
    { name: 'x', distribution: float(0, 1) },
    { name: 'y', distribution: float(0, 1) },
  ]),
);

/** Points on a lattice over the plane, each with a value. */
function surveyed(value: (x: number, y: number) => number): ConfigView[] {
  return Array.from({ length: 49 }, (_, k) => {
    const [x, y] = [((k % 7) + 0.5) / 7, (Math.floor(k / 7) + 0.5) / 7];
    return config(k, { x, y }, { value: value(x, y) });
  });
}

function proposals(sampler: Sampler, space: Space, view: ReturnType<typeof viewOf>, count = 40) {
  return Array.from({ length: count }, (_, k) => {
    const proposal = sampler.sample(space, view, { index: view.configs.length, rng: makeRng(7, 'ask', k) });
    if ('exhausted' in proposal) throw new Error(proposal.exhausted);
    return proposal.params;
  });
}

const share = <T>(all: readonly T[], holds: (each: T) => boolean) => all.filter(holds).length / all.length;
const near = (at: number) => (x: unknown) => Math.abs((x as number) - at) < 0.25;

describe('tpe', async () => {
  const tpe = await loadSampler('tpe');

  test('looks where the good ones lie, in either direction', () => {
    const configs = surveyed((x, y) => (x - 0.8) * (x - 0.8) + (y - 0.3) * (y - 0.3));
    const low = proposals(tpe, plane, viewOf(configs));
    expect(share(low, ({ x, y }) => near(0.8)(x) && near(0.3)(y))).toBeGreaterThan(0.7);
    const high = proposals(tpe, plane, viewOf(configs, ['maximize']));
    expect(share(high, ({ x, y }) => near(0.8)(x) && near(0.3)(y))).toBeLessThan(0.2);
  });

  test('narrows down on the optimum from trial to trial', () => {
    const configs: ConfigView[] = [];
    for (let k = 0; k < 80; k++) {
      const at = { index: k, rng: makeRng(3, 'ask', k) };
      const proposal = tpe.sample(plane, viewOf([...configs]), at);
      if ('exhausted' in proposal) throw new Error(proposal.exhausted);
      const { x } = proposal.params as { x: number };
      configs.push(config(k, proposal.params, { value: Math.abs(x - 0.5) }));
    }
    const late = configs.slice(40).map(({ params }) => params);
    expect(share(late, ({ x }) => Math.abs((x as number) - 0.5) < 0.05)).toBeGreaterThan(0.5);
  });

  test('keeps away from running configurations', () => {
    const told = surveyed((x, y) => Math.abs(x - 0.5) + Math.abs(y - 0.5));
    const crowd = Array.from({ length: 12 }, (_, k) =>
      config(100 + k, { x: 0.49 + 0.002 * k, y: 0.5 }, { state: 'running', value: null }),
    );
    const distance = (all: ReturnType<typeof proposals>) =>
      all.reduce((sum, { x, y }) => sum + Math.abs((x as number) - 0.5) + Math.abs((y as number) - 0.5), 0);
    const alone = proposals(tpe, plane, viewOf(told), 80);
    const crowded = proposals(tpe, plane, viewOf([...told, ...crowd]), 80);
    expect(distance(crowded)).toBeGreaterThan(distance(alone));
  });

  test('ranks what breaks an outcome constraint below everything that does not', () => {
    const configs = surveyed((x) => x).map((each) =>
      (each.params.x as number) < 0.5 ? { ...each, violations: [1 - (each.params.x as number)] } : each,
    );
    const points = proposals(tpe, plane, viewOf(configs), 80);
    expect(share(points, ({ x }) => (x as number) > 0.45)).toBeGreaterThan(0.8);
    const free = proposals(tpe, plane, viewOf(surveyed((x) => x)), 80);
    expect(share(free, ({ x }) => (x as number) > 0.45)).toBeLessThan(0.3);
  });

  test('of several objectives it looks where a front lies, and not where one objective alone is good', () => {
    // Along x = 0.8 one objective trades against the other; the first alone is smallest at y = 0.
    const configs = surveyed((x) => x).map((each) => {
      const { x, y } = each.params as { x: number; y: number };
      const off = 10 * (x - 0.8) * (x - 0.8);
      return { ...each, values: [y + off, 1 - y + off] };
    });
    const front = proposals(tpe, plane, viewOf(configs, ['minimize', 'minimize']), 80);
    expect(share(front, ({ x }) => near(0.8)(x))).toBeGreaterThan(0.8);
  });

  test('models a branch from the configurations that were in it', () => {
    const space = freeze(
      makeSpace([
        { name: 'kind', distribution: categorical(['a', 'b']) },
        { name: 'x', distribution: float(0, 1), when: { kind: 'a' } },
        { name: 'y', distribution: float(0, 1), when: { kind: 'b' } },
      ]),
    );
    // At small x in a, at large y in b; which branch is better changes from history to history.
    const outcomes = (bonus: number) =>
      Array.from({ length: 40 }, (_, k) => {
        const at = (k + 0.5) / 40;
        return k % 2 === 0
          ? config(k, { kind: 'a', x: at }, { value: at })
          : config(k, { kind: 'b', y: at }, { value: 1 - at + bonus });
      });
    const inA = proposals(tpe, space, viewOf(outcomes(10)));
    expect(share(inA, ({ kind, x }) => kind === 'a' && (x as number) < 0.5)).toBeGreaterThan(0.7);
    const inB = proposals(tpe, space, viewOf(outcomes(-10)));
    expect(share(inB, ({ kind, y }) => kind === 'b' && (y as number) > 0.5)).toBeGreaterThan(0.7);
  });

  test('finds the last point of a discrete space that no configuration holds', () => {
    const space = freeze(
      makeSpace([
        { name: 'n', distribution: int(1, 4) },
        { name: 'c', distribution: categorical(['a', 'b', 'c']) },
      ]),
    );
    const all = [1, 2, 3, 4].flatMap((n) => ['a', 'b', 'c'].map((c) => ({ n, c })));
    const left = { n: 4, c: 'c' };
    const held = all.filter((point) => paramsKey(point) !== paramsKey(left));
    const view = viewOf(held.map((point, k) => config(k, point, { value: point.n })));
    const points = proposals(tpe, space, view, 30);
    expect(share(points, (point) => paramsKey(point) === paramsKey(left))).toBeGreaterThan(0.7);
  });

  test('what it remembers of other studies and of rows that are gone changes nothing', async () => {
    const fresh = () => loadSampler('tpe');
    const old = await fresh();
    await fc.assert(
      fc.asyncProperty(pasts, fc.nat({ max: 50 }), fc.boolean(), async (past, seed, maximized) => {
        const view = history(plane, past, seed, [maximized ? 'maximize' : 'minimize']);
        const at = () => ({ index: past.length, rng: makeRng(seed, 'ask', past.length) });
        expect(old.sample(plane, view, at())).toEqual((await fresh()).sample(plane, view, at()));
      }),
      { numRuns: 60 },
    );
  });

  test('what it remembers of a growing history changes nothing', async () => {
    const fresh = () => loadSampler('tpe');
    await fc.assert(
      fc.asyncProperty(pasts, fc.nat({ max: 50 }), async (past, seed) => {
        const whole = history(plane, past, seed).configs;
        const old = await fresh();
        for (let size = 0; size <= whole.length; size += 1 + (seed % 5)) {
          // The newest ones still run; in the next view they have ended.
          const configs = whole
            .slice(0, size)
            .map(
              (each, k): ConfigView =>
                k < size - 2 ? each : { ...each, state: 'running', values: null, trialCount: 0 },
            );
          const at = () => ({ index: size, rng: makeRng(seed, 'ask', size) });
          const view = viewOf(configs);
          expect(old.sample(plane, view, at())).toEqual((await fresh()).sample(plane, view, at()));
        }
      }),
      { numRuns: 25 },
    );
  });
});

test('candidates of a group compete in small parts, each in the order that all of them would have', () => {
  const configs = surveyed((x, y) => (x - 0.8) ** 2 + (y - 0.3) ** 2);
  const past = new History(plane);
  past.update(viewOf(configs));
  const ranked = (rivals: number) => {
    const { group } = groupsOf(plane, past.axes)[0]!;
    const noise = makeSfc32(makeRng(1, 'noise'));
    const inherited = { weights: null, componentsOf: () => [] };
    const more = { settings: SETTINGS, look: SETTINGS.close, inherited, index: 49, noise };
    const proposing = { count: 12, rivals, ...more };
    return [...group.candidates.rank(past, proposing).starts];
  };
  const all = ranked(12);
  expect(all).not.toEqual([...all].sort((a, b) => a - b));
  const parts = Array.from({ length: 4 }, (_, part) =>
    all.filter((start) => Math.floor(start / (2 * 3)) === part),
  );
  expect(ranked(3)).toEqual(parts.flat());
});

test('a history orders by tier, then by value, then by age, also when it grew', () => {
  const configs = [
    config(0, { x: 0, y: 0 }, { value: 3 }),
    config(1, { x: 0, y: 0.1 }, { state: 'pruned', value: -9, steps: [[4, -9]] }),
    config(2, { x: 0, y: 0.2 }, { value: 1 }),
    { ...config(3, { x: 0, y: 0.3 }, { value: -50 }), violations: [2, -1] },
    config(4, { x: 0, y: 0.4 }, { value: 3 }),
    config(5, { x: 0, y: 0.5 }, { state: 'running', value: null }),
    config(6, { x: 0, y: 0.6 }, { state: 'fail', value: null }),
    config(7, { x: 0, y: 0.7 }, { value: Number.NaN }),
  ];
  const expected = [2, 0, 4, 7, 1, 3];
  const grown = new History(plane);
  for (let size = 0; size <= configs.length; size++) grown.update(viewOf(configs.slice(0, size)));
  expect(grown.order).toEqual(expected);
  grown.update(viewOf(configs.slice(0, 3)));
  expect(grown.order).toEqual([2, 0, 1]);
  expect(grown.running).toEqual([]);
  grown.update(viewOf(configs, ['maximize']));
  expect(grown.running).toEqual([5]);
  expect(grown.order).toEqual([0, 4, 2, 7, 1, 3]);
});

test('the normal distribution function is right to six digits', () => {
  // From tables: Abramowitz and Stegun, 26.1.
  for (const [z, p] of [
    [0, 0.5],
    [1, 0.841344746],
    [1.96, 0.97500210485],
    [3.2, 0.99931286],
    [5, 0.9999997133],
  ] as const) {
    expect(normalCdf(z)).toBeCloseTo(p, 6);
    expect(normalCdf(-z)).toBeCloseTo(1 - p, 6);
  }
  expect(normalCdf(40)).toBe(1);
  expect(normalCdf(-40)).toBe(0);
});
