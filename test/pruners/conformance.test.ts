import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isNumberOption, type OptionValue } from '../../src/core/component-options.js';
import type { StudyView } from '../../src/core/study-view.js';
import type { TrialState, TrialView } from '../../src/core/trial.js';
import { pruners } from '../../src/pruners/registry.js';
import { mirrored } from '../samplers/support.js';
import {
  ahead,
  build,
  coarse,
  coarseConfigurations,
  configurations,
  curves,
  directions,
  fullTrial,
  mirroredOptions,
  optionsOf,
  steps,
} from './arbitraries.js';
import { loadPruner, type Steps } from './support.js';

/** Options by which a trial is stopped whatever its peers do, and why; the best trial is judged without them. */
const WHATEVER_PEERS_DO: Readonly<Record<string, string>> = {
  bootstrap_count: 'stops the first at a rung, good or bad',
  lower: 'bounds the value itself',
  upper: 'bounds the value itself',
};
/** Pruners that compare a trial with itself, and why: for them the best trial gets no worse either. */
const JUDGES_ALONE: Readonly<Record<string, string>> = { patient: 'stops a trial that was better before' };
/** Pruners that need no other trial, and why. */
const JUDGES_WITHOUT_PEERS: Readonly<Record<string, string>> = {
  none: 'stops nothing',
  patient: 'compares a trial with itself',
  threshold: 'compares a value with bounds',
};
/** Pruners that may stop a trial at its last step where nobody has said which one that is, and why. */
const STOPS_WHERE_UNSAID: Readonly<Record<string, string>> = {
  patient: 'may stop the first trials of all, whose length nobody knows',
  threshold: 'a value out of bounds is a fault at any step',
};
/** Pruners that may let the worst trial run, and why. */
const SPARES_THE_WORST: Readonly<Record<string, string>> = {
  none: 'stops nothing',
  threshold: 'looks at no other trial',
};

describe.each(pruners.map(({ name, options }) => ({ name, options })))(
  'the pruner $name',
  ({ name, options }) => {
    const chosen = optionsOf(options);

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

    test('decides the same for the maximum of -f as for the minimum of f', async () => {
      await fc.assert(
        fc.asyncProperty(coarseConfigurations, curves(coarse), chosen, async (drawn, own, given) => {
          const { view } = build(drawn, own, 'minimize');
          const other = mirrored(view);
          const judged = (of: StudyView) => of.configs.at(-1)?.trials[0] as TrialView;
          const one = await loadPruner(name, given);
          const two = await loadPruner(name, mirroredOptions(given));
          expect(two.decide(judged(other), other).prune).toBe(one.decide(judged(view), view).prune);
        }),
        { numRuns: 400 },
      );
    });

    test('never stops a trial that is the best at every step', async () => {
      const given = optionsOf(options, Object.keys(WHATEVER_PEERS_DO));
      await fc.assert(
        fc.asyncProperty(ahead(JUDGES_ALONE[name] !== undefined), given, async ({ judged, view }, values) => {
          const decision = (await loadPruner(name, values)).decide(judged, view);
          expect(decision).toEqual({ prune: false, reason: decision.reason });
        }),
        { numRuns: 400 },
      );
    });

    if (!SPARES_THE_WORST[name])
      test.each(['minimize', 'maximize'] as const)(
        'stops a trial that gets worse and is behind all others but the worst (%s)',
        async (direction) => {
          const sign = direction === 'minimize' ? 1 : -1;
          const curve = (level: number, slope: number): Steps =>
            Array.from({ length: 30 }, (_, step) => [step, sign * (level + slope * step)]);
          const peers = Array.from({ length: 12 }, (_, k): [Steps, TrialState][] => [
            [curve(k === 0 ? 1000 : k, -1), 'complete'],
          ]);
          const pruner = await loadPruner(name);
          const stops = curve(100, 1).findIndex((_, k) => {
            const { judged, view } = build(peers, curve(100, 1).slice(0, k + 1), direction, null);
            return pruner.decide(judged, view).prune;
          });
          expect(stops).toBeGreaterThanOrEqual(0);
        },
      );

    test('spares no trial for a value that is NaN where it stops one with the worst value', async () => {
      await fc.assert(
        fc.asyncProperty(
          coarseConfigurations,
          curves(coarse),
          directions,
          chosen,
          async (drawn, own, direction, given) => {
            const last = (each: number): Steps => [...own, [own.length, each]];
            const worst = direction === 'minimize' ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
            const pruner = await loadPruner(name, given);
            const stopped = (steps: Steps) => {
              const { judged, view } = build(drawn, steps, direction);
              return pruner.decide(judged, view).prune;
            };
            if (stopped(last(worst))) expect(stopped(last(Number.NaN))).toBe(true);
          },
        ),
        { numRuns: 200 },
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

    test('stops no trial at its last step, whether that was given or is only seen from others', async () => {
      await fc.assert(
        fc.asyncProperty(
          fullTrial,
          directions,
          chosen,
          async ({ drawn, own, maxSteps }, direction, given) => {
            const pruner = await loadPruner(name, given);
            const { judged, view } = build(drawn, own, direction, maxSteps);
            fc.pre(maxSteps !== null || !STOPS_WHERE_UNSAID[name]);
            expect(pruner.decide(judged, view).prune).toBe(false);
          },
        ),
        { numRuns: 400 },
      );
    });

    if (!JUDGES_WITHOUT_PEERS[name])
      test('stops no trial at a step that no other configuration has a value at', async () => {
        await fc.assert(
          fc.asyncProperty(
            configurations,
            steps,
            directions,
            chosen,
            async (drawn, own, direction, given) => {
              const pruner = await loadPruner(name, given);
              const newest = own.at(-1)?.[0];
              const alone = drawn.map((trials) =>
                trials.map(([all, state]): [Steps, TrialState] => [
                  all.filter(([step]) => step !== newest),
                  state,
                ]),
              );
              const { judged, view } = build(alone, own, direction);
              expect(pruner.decide(judged, view).prune).toBe(false);
            },
          ),
          { numRuns: 400 },
        );
      });

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
    if (!isNumberOption(spec)) continue;
    expect(spec.default).toBeGreaterThanOrEqual(spec.min ?? Number.NEGATIVE_INFINITY);
    expect(spec.default).toBeLessThanOrEqual(spec.max ?? Number.POSITIVE_INFINITY);
  }
});
