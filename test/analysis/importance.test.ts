import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { importances } from '../../src/analysis/importance.js';
import { categorical, float, int, type Params } from '../../src/core/distribution.js';
import { drawUniform } from '../../src/core/draw.js';
import { makeRng } from '../../src/core/rng.js';
import { makeSpace, resolve, type Space } from '../../src/core/space.js';
import type { ConfigView } from '../../src/core/study-view.js';
import { smallDistributions, spaces } from '../core/arbitraries.js';
import { config } from '../samplers/support.js';

/** Configurations drawn uniformly, with what a function makes of them. */
function drawn(space: Space, n: number, objective: (params: Params) => number, seed = 1): ConfigView[] {
  const rng = makeRng(seed, 'test');
  return Array.from({ length: n }, (_, k) => {
    const { params } = resolve(space, (spec) => drawUniform(spec.distribution, rng));
    return config(k, params, { value: objective(params) });
  });
}

const judge = (space: Space, configs: readonly ConfigView[], seed = 1) =>
  importances(space, configs, 0, makeRng(seed, 'importance'));
const plain = (names: readonly string[]): Space =>
  makeSpace(names.map((name) => ({ name, distribution: float(0, 1) })));

describe('importances', () => {
  test('are the shares of the variance where the effects add up', () => {
    const space = plain(['a', 'b', 'c']);
    // Variances of a uniform number times 3, 2 and 0: 9, 4 and 0 parts of 13.
    const found = judge(
      space,
      drawn(space, 400, ({ a, b }) => 3 * Number(a) + 2 * Number(b)),
    );
    expect(found.parameters.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
    const [a = 0, b = 0, c = 0] = found.parameters.map(({ importance }) => importance);
    expect(a).toBeCloseTo(9 / 13, 1);
    expect(b).toBeCloseTo(4 / 13, 1);
    expect(c).toBeLessThan(0.01);
    expect(found.explained).toBeGreaterThan(0.95);
    expect(found).toMatchObject({ configurations: 400, left: [] });
  });

  test('judge choices that the list of the study no longer has', () => {
    const before = makeSpace([
      { name: 'opt', distribution: categorical(['sgd', 'adam', 'lion']) },
      { name: 'x', distribution: float(0, 1) },
    ]);
    const configs = drawn(before, 200, ({ opt, x }) => (opt === 'sgd' ? 3 : 0) + Number(x));
    const now = (...opt: string[]) =>
      makeSpace([
        { name: 'opt', distribution: categorical(opt) },
        { name: 'x', distribution: float(0, 1) },
      ]);
    for (const space of [now('adam', 'muon'), now('adam')]) {
      const found = judge(space, configs);
      expect(found).toMatchObject({ left: [], configurations: 200 });
      expect(found.parameters[0]).toMatchObject({ name: 'opt' });
    }
  });

  test('leave an interplay to nobody: what only shows together is not explained alone', () => {
    const space = plain(['a', 'b']);
    const xor = ({ a, b }: Params) => (Number(a) < 0.5 === Number(b) < 0.5 ? 1 : 0);
    expect(judge(space, drawn(space, 400, xor)).explained).toBeLessThan(0.2);
  });

  test('see choices without an order, whole numbers, and log ranges in the logarithm', () => {
    const space = makeSpace([
      { name: 'opt', distribution: categorical(['a', 'b', 'c', null]) },
      { name: 'n', distribution: int(1, 3) },
      { name: 'lr', distribution: float(1e-6, 1, { log: true }) },
      { name: 'one', distribution: int(4, 4) },
    ]);
    const effect = { a: 0, b: 9, c: 1, null: 8 } as Readonly<Record<string, number>>;
    const found = judge(
      space,
      drawn(
        space,
        400,
        ({ opt, n, lr }) => (effect[String(opt)] as number) + 2 * Number(n) - 0.8 * Math.log10(Number(lr)),
      ),
    );
    // Variances: 16.25 of the choice, 8/3 of the number, 0.64 * 36 / 12 of the exponent.
    expect(found.parameters.map(({ name }) => name)).toEqual(['opt', 'n', 'lr']);
    const total = 16.25 + 8 / 3 + 1.92;
    const shares = [16.25, 8 / 3, 1.92].map((variance) => variance / total);
    for (const [k, { importance }] of found.parameters.entries())
      expect(Math.abs(importance - (shares[k] as number))).toBeLessThan(0.06);
  });

  test('are the same for the same seed, whatever else was asked', () => {
    const space = plain(['a', 'b']);
    const configs = drawn(space, 60, ({ a, b }) => Number(a) * Number(b));
    expect(judge(space, configs)).toEqual(judge(space, configs));
    expect(judge(space, configs, 2)).not.toEqual(judge(space, configs));
  });

  test('come from complete configurations alone; those of which there is no number tell nothing', () => {
    const space = plain(['a', 'b']);
    const told = drawn(space, 80, ({ a }) => Number(a));
    const untold = drawn(space, 40, ({ b }) => 100 * Number(b), 2);
    const odd = untold.map((each, k): ConfigView => {
      if (k % 4 === 0) return { ...each, state: 'pruned', trialCount: 0 };
      if (k % 4 === 1) return { ...each, state: 'fail', trialCount: 0, values: null };
      return { ...each, values: [k % 4 === 2 ? Number.NaN : Number.POSITIVE_INFINITY] };
    });
    expect(judge(space, [...told, ...odd])).toEqual({ ...judge(space, told), pruned: 10 });
  });

  test('judge what every configuration has, and name the rest', () => {
    const space = makeSpace([
      { name: 'kind', distribution: categorical(['x', 'y']) },
      { name: 'deep', distribution: float(0, 1), when: { kind: ['x'] } },
    ]);
    const found = judge(
      space,
      drawn(space, 60, ({ kind }) => (kind === 'x' ? 1 : 0)),
    );
    expect(found.parameters).toEqual([{ name: 'kind', importance: 1, low: 1, high: 1 }]);
    expect(found.left).toEqual(['deep']);
  });

  test('are zero where nothing depends on anything', () => {
    const space = plain(['a', 'b']);
    const found = judge(
      space,
      drawn(space, 20, () => 3),
    );
    expect(found.parameters.map(({ importance }) => importance)).toEqual([0, 0]);
    expect(found.explained).toBe(0);
  });

  test('are numbers where values lie as close together as numbers can', () => {
    const space = plain(['a', 'b']);
    const next = 0.5 + Number.EPSILON / 2;
    const ends = [0, Number.MIN_VALUE, 0.5, next, 1 - Number.EPSILON / 2, 1];
    const configs = ends.map((a, k) => config(k, { a, b: 1 - a }, { value: k % 2 }));
    for (const { importance } of judge(space, configs).parameters) expect(importance).not.toBeNaN();
  });

  test('are too few below three configurations for each parameter, conditional ones included, and below eight', () => {
    const sum = (params: Params) =>
      Object.values(params).reduce((total: number, each) => total + Number(each), 0);
    const four = plain(['a', 'b', 'c', 'd']);
    expect(judge(four, drawn(four, 3, sum))).toMatchObject({ tooFew: true, enough: 12, configurations: 3 });
    expect(judge(four, drawn(four, 11, sum)).tooFew).toBe(true);
    expect(judge(four, drawn(four, 12, sum)).tooFew).toBe(false);
    const one = plain(['a']);
    expect(judge(one, drawn(one, 7, sum))).toMatchObject({ tooFew: true, enough: 8 });
  });

  test('draw no more than a thousand configurations for each tree', () => {
    const space = plain(['a']);
    expect(
      judge(
        space,
        drawn(space, 1500, ({ a }) => Number(a)),
      ),
    ).toMatchObject({ drawn: 1000, configurations: 1500 });
  });

  test('need two results', () => {
    const space = plain(['a']);
    expect(() =>
      judge(
        space,
        drawn(space, 1, () => 3),
      ),
    ).toThrow(/at least 2 complete/);
    expect(() => judge(space, [])).toThrow(/got 0/);
  });

  test('sum to 1 and lie in [0, 1], whatever the space and the values', () => {
    fc.assert(
      fc.property(
        spaces(smallDistributions, 4),
        fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 2, maxLength: 30 }),
        (space, values) => {
          let k = 0;
          const { parameters, explained } = judge(
            space,
            drawn(space, values.length, () => values[k++] as number),
          );
          const sum = parameters.reduce((total, { importance }) => total + importance, 0);
          for (const { importance } of parameters)
            expect(importance >= 0 && importance <= 1 + 1e-9).toBe(true);
          if (sum !== 0) expect(sum).toBeCloseTo(1, 9);
          expect(explained >= 0 && explained <= 1 + 1e-9).toBe(true);
        },
      ),
      // A smaller case is rarely a plainer one here, and looking for it takes minutes.
      { numRuns: 60, endOnFailure: true },
    );
  });
});
