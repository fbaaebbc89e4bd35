import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isNumberOption, type OptionValues } from '../../src/core/component-options.js';
import { categorical, float, int } from '../../src/core/distribution.js';
import { makeRng } from '../../src/core/rng.js';
import { makeSpace, type Space } from '../../src/core/space.js';
import type { ConfigView, StudyView } from '../../src/core/study-view.js';
import { terminators } from '../../src/terminators/registry.js';
import { distributions, spaces } from '../core/arbitraries.js';
import { freeze, history, mirrored, type Past, pasts, viewOf } from '../samplers/support.js';
import { loadTerminator } from './support.js';

const loaded = await Promise.all(
  terminators.map(async ({ name, options }) => {
    // As early as can be, so that the histories below are long enough to be judged.
    const early: OptionValues = 'min_trials' in options ? { min_trials: 1 } : {};
    return {
      name,
      terminator: await loadTerminator(name, early),
      fresh: await loadTerminator(name, early),
    };
  }),
);

const mixed = freeze(
  makeSpace([
    { name: 'opt', distribution: categorical(['sgd', 'adam']) },
    { name: 'rate', distribution: float(1e-5, 1, { log: true }) },
    { name: 'momentum', distribution: float(0, 1), when: { opt: 'sgd' } },
    { name: 'layers', distribution: int(1, 50) },
  ]),
);

const complete = (value: number): Past => ({ state: 'complete', value, lastStep: 1 });
const many = <T>(count: number, make: (k: number) => T): T[] =>
  Array.from({ length: count }, (_, k) => make(k));

/** Repeats, with a scatter that may be odd. */
const scatters = fc.option(
  fc.oneof(
    fc.double({ min: 0, max: 2, noNaN: true }),
    fc.constantFrom(0, 1e308, Number.NaN, Number.POSITIVE_INFINITY),
  ),
);
function withScatter(view: StudyView, std: number | null): StudyView {
  if (std === null) return view;
  const more = (each: ConfigView) => (each.state === 'complete' ? { ...each, n: 3, std: [std] } : each);
  return freeze({ ...view, configs: view.configs.map(more) });
}

const amount = expect.any(Number) as number;

describe.each(loaded)('the terminator $name', ({ terminator, fresh }) => {
  const decide = (space: Space, view: StudyView, seed = 1) =>
    terminator.decide(space, view, { rng: makeRng(seed, 'terminate', view.configs.length) });

  test('decides on any history, says why, and changes nothing', () => {
    fc.assert(
      fc.property(
        spaces(distributions, 5),
        pasts,
        scatters,
        fc.constantFrom('minimize', 'maximize'),
        (space, past, std, direction) => {
          const view = withScatter(history(freeze(space), past, 1, [direction]), std);
          const verdict = decide(space, view);
          expect(verdict).toEqual({
            stop: expect.any(Boolean) as boolean,
            reason: expect.any(String) as string,
            gain: verdict.gain === null ? null : { improvement: amount, limit: amount },
          });
          expect(verdict.reason).not.toMatch(/^$|NaN|Infinity|undefined|null/);
        },
      ),
      { numRuns: 100 },
    );
  });

  test('is deterministic: equal arguments give equal verdicts, whatever was asked before', () => {
    fc.assert(
      fc.property(spaces(distributions, 4), pasts, fc.nat({ max: 100 }), (space, past, seed) => {
        const view = history(freeze(space), past, seed);
        const first = decide(space, view, seed);
        decide(space, history(space, past, seed + 1), seed + 1);
        expect(decide(space, view, seed)).toEqual(first);
        // Copies: what is remembered of a space or a view by its identity must not change the answer.
        const rng = makeRng(seed, 'terminate', view.configs.length);
        expect(fresh.decide(structuredClone(space), structuredClone(view), { rng })).toEqual(first);
      }),
      { numRuns: 40 },
    );
  });

  test('decides the same for the maximum of -f as for the minimum of f', () => {
    fc.assert(
      fc.property(
        spaces(distributions, 4),
        pasts,
        scatters,
        fc.nat({ max: 100 }),
        (space, past, std, seed) => {
          const view = withScatter(history(freeze(space), past, seed), std);
          expect(decide(space, mirrored(view), seed)).toEqual(decide(space, view, seed));
        },
      ),
      { numRuns: 60 },
    );
  });

  test.each<[string, Past[]]>([
    ['nothing', []],
    ['only failures', many(30, () => ({ state: 'fail', value: 0, lastStep: 0 }))],
    ['only running ones', many(30, () => ({ state: 'running', value: 0, lastStep: 2 }))],
    [
      'only pruned ones without a step',
      many(30, () => ({ state: 'pruned', value: 0, lastStep: -1 }) as const),
    ],
    ['equal values', many(30, () => complete(0.5))],
    ['values that are NaN', many(30, () => complete(Number.NaN))],
    ['values that are all infinite', many(30, () => complete(Number.POSITIVE_INFINITY))],
  ])('goes on after %s, since nothing can be told', (_, past) => {
    expect(decide(mixed, history(mixed, past, 3)).stop).toBe(false);
  });

  test.each<[string, Past[]]>([
    ['infinite values among others', many(40, (k) => complete(k % 5 ? k : Number.POSITIVE_INFINITY))],
    ['values from one end of the numbers to the other', many(40, (k) => complete(k % 2 ? 1e308 : -1e308))],
    [
      'failures among others',
      many(60, (k) => (k % 2 ? complete(k) : { state: 'fail', value: 0, lastStep: 0 })),
    ],
    [
      'running ones among others',
      many(60, (k) => (k % 2 ? complete(k) : { state: 'running', value: 0, lastStep: 1 })),
    ],
    ['400 configurations', many(400, (k) => complete((k * 37) % 101))],
  ])('decides after %s', (_, past) => {
    const { reason } = decide(mixed, history(mixed, past, 3));
    expect(reason).not.toMatch(/^$|NaN|Infinity/);
  });

  test('continues with several objectives', () => {
    const past = many(40, (k) => complete(k));
    const view = history(mixed, past, 1, ['minimize', 'maximize']);
    expect(decide(mixed, view).stop).toBe(false);
  });

  test('continues where the space has a single point', () => {
    const point = freeze(makeSpace([{ name: 'x', distribution: float(0.5, 0.5) }]));
    expect(decide(point, viewOf([])).stop).toBe(false);
    expect(decide(point, history(point, [complete(1)], 1)).stop).toBe(false);
  });

  test('continues where configurations are of another space', () => {
    const far = freeze(makeSpace([{ name: 'x', distribution: float(10, 11) }]));
    const near = freeze(makeSpace([{ name: 'x', distribution: float(0, 1) }]));
    expect(
      decide(
        near,
        history(
          far,
          many(40, (k) => complete(k)),
          1,
        ),
      ).stop,
    ).toBe(false);
  });
});

test('none never stops', async () => {
  const none = await loadTerminator('none');
  fc.assert(
    fc.property(spaces(distributions, 3), pasts, (space, past) => {
      expect(none.decide(space, history(space, past, 1), { rng: makeRng(1) }).stop).toBe(false);
    }),
  );
});

test('options have defaults within their own limits, and a word of help', () => {
  expect(terminators.map(({ name }) => name)).toEqual(['none', 'improvement']);
  for (const spec of terminators.flatMap(({ options }) => Object.values(options))) {
    expect(spec.help).not.toBe('');
    if (!isNumberOption(spec)) continue;
    expect(spec.default).toBeGreaterThanOrEqual(spec.min ?? Number.NEGATIVE_INFINITY);
    expect(spec.default).toBeLessThanOrEqual(spec.max ?? Number.POSITIVE_INFINITY);
  }
});
