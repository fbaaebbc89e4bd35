import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  categorical,
  contains,
  type Distribution,
  float,
  int,
  type ParamValue,
} from '../../src/core/distribution.js';
import { HpoError } from '../../src/core/errors.js';
import { makeRng } from '../../src/core/rng.js';
import { makeSpace, resolve, type Space } from '../../src/core/space.js';
import type { StudyView } from '../../src/core/study-view.js';
import type { Direction } from '../../src/core/trial.js';
import { samplers } from '../../src/samplers/registry.js';
import type { Proposal } from '../../src/samplers/sampler.js';
import { distributions, smallDistributions, spaces } from '../core/arbitraries.js';
import { BOWLS, MIRRORED_BOWLS, medianBest, onEachBowl, sweep } from './bowl.js';
import { config, freeze, history, loadSampler, mirrored, parametersOf, pasts, viewOf } from './support.js';

/** Samplers that take only spaces with a finite number of points, and why; every other one takes every space. */
const FINITE_ONLY: Readonly<Record<string, string>> = {
  grid: 'a grid lists its points, and a continuous range has no list',
};
/** Of the value that random search finds, on every bowl: well below what luck makes of another random search. */
const BETTER = 0.8;

/** Numbers may differ by kind: 1 is no boolean, and an int is whole. */
function check(space: Space, proposal: Proposal): void {
  if ('exhausted' in proposal) {
    expect(proposal.exhausted).not.toBe('');
    return;
  }
  const asked: string[] = [];
  const resolved = resolve(space, (spec) => {
    asked.push(spec.name);
    const value = Object.hasOwn(proposal.params, spec.name) ? proposal.params[spec.name] : undefined;
    if (value === undefined) throw new Error(`no value for the active ${spec.name}`);
    if (!contains(spec.distribution, value))
      throw new Error(`${spec.name}: ${String(value)} is outside ${JSON.stringify(spec.distribution)}`);
    return value;
  });
  // Nothing besides: an inactive or forced parameter with a value would be stored.
  expect(Object.keys(proposal.params).sort()).toEqual([...asked].sort());
  expect(resolved.params).toEqual(proposal.params);
}

const one = (...distributions_: Distribution[]): Space =>
  freeze(makeSpace(distributions_.map((distribution, k) => ({ name: `x${k}`, distribution }))));

const complete = (value: number) => ({ state: 'complete', value, lastStep: 1 }) as const;

const byChance = onEachBowl(await loadSampler('random'), 60, 9);
const loaded = await Promise.all(
  samplers.map(async ({ name, objectives, reads }) => ({
    name,
    objectives,
    reads,
    sampler: await loadSampler(name),
    fresh: await loadSampler(name),
  })),
);

describe.each(loaded)('the sampler $name', ({ name, objectives, reads, sampler, fresh }) => {
  const finite = FINITE_ONLY[name] !== undefined;
  const anySpace = finite ? spaces(smallDistributions, 4) : spaces(distributions, 5);
  const directions: fc.Arbitrary<readonly Direction[]> = fc.constantFrom<readonly Direction[]>(
    ['minimize'],
    ['maximize'],
    ...(objectives === 'many' ? ([['minimize', 'maximize']] as const) : []),
  );
  const sample = (space: Space, view: StudyView, seed = 1, index = view.configs.length) =>
    sampler.sample(space, view, { index, rng: makeRng(seed, 'ask', index) });

  test('proposes what is active and nothing else, inside its distributions, from any history', () => {
    fc.assert(
      fc.property(anySpace, pasts, fc.nat({ max: 100 }), directions, (space, past, seed, ways) => {
        check(freeze(space), sample(space, history(space, past, seed, ways), seed));
      }),
      { numRuns: 100 },
    );
  });

  test('is deterministic and pure: equal arguments give equal proposals, whatever was asked before', () => {
    fc.assert(
      fc.property(anySpace, pasts, fc.nat({ max: 100 }), directions, (space, past, seed, ways) => {
        freeze(space);
        const view = history(space, past, seed, ways);
        const first = sample(space, view, seed);
        sample(space, history(space, past, seed + 1, ways), seed + 1);
        expect(sample(space, view, seed)).toEqual(first);
        // Copies: what is remembered of a space or a view by its identity must not change the answer.
        const at = { index: view.configs.length, rng: makeRng(seed, 'ask', view.configs.length) };
        expect(fresh.sample(structuredClone(space), history(space, past, seed, ways), at)).toEqual(first);
      }),
      { numRuns: 50 },
    );
  });

  test('proposes the same for the maximum of -f as for the minimum of f', () => {
    fc.assert(
      fc.property(anySpace, pasts, fc.nat({ max: 100 }), directions, (space, past, seed, ways) => {
        const view = history(freeze(space), past, seed, ways);
        expect(sample(space, mirrored(view), seed)).toEqual(sample(space, view, seed));
      }),
      { numRuns: 50 },
    );
  });

  if (reads === 'results')
    test.each(BOWLS)('beats random search on $title', (bowl) => {
      expect(medianBest(sampler, bowl, 60, 5)).toBeLessThan(BETTER * (byChance.get(bowl) ?? Number.NaN));
    });

  test.runIf(reads !== 'results')('proposes the same whatever the results are, as its entry says', () => {
    fc.assert(
      fc.property(anySpace, pasts, fc.nat({ max: 100 }), directions, (space, past, seed, ways) => {
        const view = history(freeze(space), past, seed, ways);
        const configs = view.configs.map((each) => ({ ...each, state: 'running', values: null }) as const);
        expect(sample(space, freeze({ ...view, configs }), seed)).toEqual(sample(space, view, seed));
      }),
      { numRuns: 50 },
    );
  });

  if (!finite)
    test.each(MIRRORED_BOWLS)('finds the same in a whole sweep for the maximum of -f: $title', (bowl) => {
      const found = (seen: (view: StudyView) => StudyView) =>
        sweep(sampler, bowl, { trials: 30, seed: 3, seen }).map(({ params }) => params);
      expect(found(mirrored)).toEqual(found((view) => view));
    });

  test('takes a result that is NaN for the worst there is', () => {
    const odd = pasts.map((past) => past.map((each, k) => (k % 3 ? each : { ...each, value: Number.NaN })));
    fc.assert(
      fc.property(anySpace, odd, fc.nat({ max: 100 }), (space, past, seed) => {
        const worst = past.map((each) => ({
          ...each,
          value: Number.isNaN(each.value) ? Number.POSITIVE_INFINITY : each.value,
        }));
        expect(sample(space, history(freeze(space), past, seed), seed)).toEqual(
          sample(space, history(space, worst, seed), seed),
        );
      }),
      { numRuns: 40 },
    );
  });

  test('continues from what other programs tried: other parameters, values outside the space, or none', () => {
    const odd = fc.oneof(
      fc.constantFrom<ParamValue>(
        Number.NaN,
        Number.POSITIVE_INFINITY,
        -1e300,
        1e300,
        0.5,
        null,
        'text',
        true,
      ),
      fc.double(),
    );
    const guests = fc.array(fc.record({ only: fc.nat({ max: 6 }), value: odd, more: fc.boolean() }), {
      minLength: 1,
      maxLength: 30,
    });
    fc.assert(
      fc.property(anySpace, pasts, guests, directions, (space, past, strangers, ways) => {
        const view = history(space, past, 1, ways);
        const names = space.params.map((spec) => spec.name);
        const foreign = strangers.map(({ only, value, more }, k) => {
          const params = Object.fromEntries(names.slice(0, only).map((each) => [each, value]));
          const values = ways.map((_, way) => k - way);
          return config(-1, more ? { ...params, [`more${k}`]: value } : params, { values });
        });
        check(freeze(space), sample(space, freeze({ ...view, configs: [...view.configs, ...foreign] })));
      }),
      { numRuns: 50 },
    );
  });

  test('its proposals survive JSON: no NaN, no infinity, no negative zero', () => {
    fc.assert(
      fc.property(anySpace, pasts, fc.nat({ max: 100 }), directions, (space, past, seed, ways) => {
        const proposal = sample(space, history(space, past, seed, ways), seed);
        expect(JSON.parse(JSON.stringify(proposal))).toEqual(proposal);
      }),
      { numRuns: 50 },
    );
  });

  test.each([
    ['nothing', []],
    ['only failures', Array.from({ length: 30 }, () => ({ state: 'fail', value: 0, lastStep: 0 }) as const)],
    [
      'only running ones',
      Array.from({ length: 30 }, () => ({ state: 'running', value: 0, lastStep: 2 }) as const),
    ],
    [
      'only pruned ones without a step',
      Array.from({ length: 30 }, () => ({ state: 'pruned', value: 0, lastStep: -1 }) as const),
    ],
    ['equal values', Array.from({ length: 30 }, () => complete(0.5))],
    ['values that are NaN', Array.from({ length: 30 }, () => complete(Number.NaN))],
    [
      'infinite values',
      Array.from({ length: 30 }, (_, k) =>
        complete(k % 2 ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY),
      ),
    ],
  ])('goes on after %s', (_, past) => {
    const space = one(int(0, 50), categorical(['a', 'b', 'c']), float(0, 1, { step: 0.25 }));
    const view = history(space, past, 3);
    const proposal = sample(space, view);
    expect('params' in proposal).toBe(true);
    check(space, proposal);
  });

  test('proposes the only point there is', () => {
    const only = one(
      categorical(['a']),
      int(3, 3),
      float(0.5, 0.5),
      float(1, 1.2, { step: 0.5 }),
      int(7, 7, { log: true }),
    );
    const point: ParamValue[] = ['a', 3, 0.5, 1, 7];
    const expected = { params: Object.fromEntries(point.map((value, k) => [`x${k}`, value])) };
    expect(sample(only, viewOf([]))).toMatchObject(expected);
    const past = Array.from({ length: 15 }, (_, k) =>
      config(k, expected.params, { value: k, given: { other: k } }),
    );
    expect(sample(only, freeze(viewOf(past)))).toMatchObject(expected);
  });

  test(`takes ${parametersOf(name)} parameters`, () => {
    const kinds = finite
      ? [int(5, 5), categorical(['a'])]
      : [float(0, 1), int(1, 9, { log: true }), categorical([1, 2, 4]), categorical(['a', true])];
    const wide = { length: parametersOf(name) };
    const space = one(...Array.from(wide, (_, k) => kinds[k % kinds.length] as Distribution));
    const past = Array.from({ length: 20 }, (_, k) => complete(k));
    check(space, sample(space, history(space, past, 1)));
  });

  const ways: readonly (readonly Direction[])[] =
    objectives === 'many' ? [['minimize'], ['minimize', 'minimize']] : [['minimize']];
  test.each(ways.map((each) => ({ each })))(
    'takes a history of 10,000 configurations ($each)',
    ({ each }) => {
      const space = finite
        ? one(int(0, 299), int(0, 299))
        : one(int(0, 100_000), categorical(['a', 'b']), float(1e-4, 1, { log: true }));
      const past = Array.from({ length: 10_000 }, (_, k) => complete((k * 7919) % 10_007));
      const view = history(space, past, 1, each);
      expect(view.configs.length).toBeGreaterThan(9000);
      const proposal = sample(space, view);
      expect('params' in proposal).toBe(true);
      check(space, proposal);
    },
  );

  test(finite ? 'refuses a continuous range, and says what to do' : 'refuses no space', () => {
    const space = one(float(0, 1));
    if (!finite) {
      expect(sampler.refuse?.(space) ?? null).toBeNull();
      check(space, sample(space, viewOf([])));
      return;
    }
    expect(sampler.refuse?.(space)).toMatchObject({
      usage: true,
      fix: expect.stringContaining('x0') as string,
    });
    expect(() => sample(space, viewOf([]))).toThrow(HpoError);
  });
});

test('declared exceptions name samplers that there are', () => {
  const names = samplers.map(({ name }) => name);
  expect(Object.keys(FINITE_ONLY).filter((name) => !names.includes(name))).toEqual([]);
  expect(new Set(names).size).toBe(names.length);
});

test('options have defaults within their own limits, and a word of help', () => {
  for (const spec of samplers.flatMap(({ options }) => Object.values(options))) {
    expect(spec.help).not.toBe('');
    if (spec.type !== 'int' && spec.type !== 'number') continue;
    expect(spec.default).toBeGreaterThanOrEqual(spec.min ?? Number.NEGATIVE_INFINITY);
    expect(spec.default).toBeLessThanOrEqual(spec.max ?? Number.POSITIVE_INFINITY);
  }
});
