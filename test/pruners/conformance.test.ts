import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { OptionValue } from '../../src/core/options.js';
import type { Direction, TrialState, TrialView } from '../../src/core/trial.js';
import { pruners } from '../../src/pruners/registry.js';
import { freeze } from '../samplers/support.js';
import { loadPruner, type Steps, trialOf, viewOf } from './support.js';

const value = fc.oneof(
  { weight: 4, arbitrary: fc.double({ min: -5, max: 5, noNaN: true }) },
  { weight: 1, arbitrary: fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY) },
);
const steps: fc.Arbitrary<Steps> = fc
  .uniqueArray(fc.tuple(fc.nat({ max: 12 }), value), { maxLength: 8, selector: ([step]) => step })
  .map((pairs) => pairs.sort(([a], [b]) => a - b));
const trial = fc.tuple(
  steps,
  fc.constantFrom<TrialState>('waiting', 'running', 'complete', 'pruned', 'fail'),
);
const configurations = fc.array(fc.array(trial, { maxLength: 3 }), { maxLength: 12 });
const directions = fc.constantFrom<Direction>('minimize', 'maximize');

/** The view of these configurations, and one more with the trial that is judged. Everything is frozen. */
function build(drawn: readonly (readonly [Steps, TrialState][])[], own: Steps, direction: Direction) {
  let number = 0;
  const configs: TrialView[][] = drawn.map((trials) =>
    trials.map(([s, state]) => trialOf(number++, s, state)),
  );
  const judged = trialOf(number, own, 'running');
  return freeze({ judged, view: viewOf([...configs, [judged]], direction) });
}

describe.each(pruners.map(({ name, options }) => ({ name, options })))(
  'the pruner $name',
  ({ name, options }) => {
    const chosen = fc.record(
      Object.fromEntries(
        Object.entries(options).flatMap(([option, spec]): [string, fc.Arbitrary<OptionValue>][] => {
          if (spec.type === 'int')
            return [[option, fc.integer({ min: spec.min ?? 0, max: (spec.min ?? 0) + 4 })]];
          if (spec.type !== 'entry') return [];
          return [
            [option, fc.constantFrom(...spec.entries.map((each) => ({ name: each.name, options: {} })))],
          ];
        }),
      ),
    );

    test('decides on any history, says why, and changes nothing', async () => {
      await fc.assert(
        fc.asyncProperty(configurations, steps, directions, chosen, async (drawn, own, direction, given) => {
          const pruner = await loadPruner(name, given);
          const { judged, view } = build(drawn, own, direction);
          const decision = pruner.decide(judged, view);
          expect(decision).toEqual({
            prune: expect.any(Boolean) as boolean,
            reason: expect.any(String) as string,
          });
          expect(decision.reason).not.toBe('');
          if (own.length === 0) expect(decision.prune).toBe(false);
        }),
        { numRuns: 300 },
      );
    });

    test('is deterministic: equal arguments give equal decisions, whatever was asked before', async () => {
      const used = await loadPruner(name);
      const fresh = await loadPruner(name);
      fc.assert(
        fc.property(configurations, steps, steps, directions, (drawn, own, other, direction) => {
          const first = build(drawn, own, direction);
          const before = used.decide(first.judged, first.view);
          const between = build(drawn.slice(1), other, direction);
          used.decide(between.judged, between.view);
          expect(used.decide(first.judged, first.view)).toEqual(before);
          const again = build(drawn, own, direction);
          expect(fresh.decide(again.judged, again.view)).toEqual(before);
        }),
      );
    });

    if (name !== 'none') {
      const never = async (given: Record<string, OptionValue>, most: number) => {
        const pruner = await loadPruner(name, given);
        fc.assert(
          fc.property(configurations, steps, directions, (drawn, own, direction) => {
            const early = own.filter(([step]) => step < most);
            const { judged, view } = build(drawn, early, direction);
            expect(pruner.decide(judged, view).prune).toBe(false);
          }),
        );
      };
      test('prunes nothing in its warm-up', () => never({ warmup_steps: 6 }, 6));
      test('prunes nothing before so many configurations are complete', () =>
        never({ startup_trials: 13 }, 99));
    }

    test('takes a trial of 200,000 steps', async () => {
      const pruner = await loadPruner(name, name === 'median' ? { startup_trials: 1 } : {});
      const long = Array.from({ length: 200_000 }, (_, step) => [step, 1 / (step + 1)] as const);
      const { judged, view } = build([[[long, 'complete']]], long, 'minimize');
      expect(pruner.decide(judged, view).prune).toBe(false);
    });
  },
);

test('none never prunes', async () => {
  const none = await loadPruner('none');
  fc.assert(
    fc.property(configurations, steps, directions, (drawn, own, direction) => {
      const { judged, view } = build(drawn, own, direction);
      expect(none.decide(judged, view).prune).toBe(false);
    }),
  );
});

test('options have defaults within their own limits, and a word of help', () => {
  expect(pruners.map(({ name }) => name)).toContain('median');
  for (const spec of pruners.flatMap(({ options }) => Object.values(options))) {
    expect(spec.help).not.toBe('');
    if (spec.type === 'boolean' || spec.type === 'entry') continue;
    expect(spec.default).toBeGreaterThanOrEqual(spec.min ?? Number.NEGATIVE_INFINITY);
    expect(spec.default).toBeLessThanOrEqual(spec.max ?? Number.POSITIVE_INFINITY);
  }
});
