import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { withDefaults } from '../../src/core/component-options.js';
import { forkOf } from '../../src/core/fork.js';
import { bracketOf, sharesOf } from '../../src/pruners/brackets.js';
import { needsCheckpoints, schedulers } from '../../src/schedulers/registry.js';
import { fullSteps, rungsOf } from '../../src/schedulers/rungs.js';
import type { Scheduler, ScheduleView } from '../../src/schedulers/scheduler.js';
import { type Curve, type Report, type Reports, SPACE, simulate, studyView } from './simulate.js';

const LAST = 27;
const TWO = ['minimize', 'maximize'] as const;

/** Few values, so that ties and long fronts come up all the time. */
const value = fc.oneof(
  { weight: 12, arbitrary: fc.integer({ min: 0, max: 6 }) },
  { weight: 1, arbitrary: fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY) },
);
const number = fc.integer({ min: 0, max: 6 });
const reportOf = (each: fc.Arbitrary<number>): fc.Arbitrary<Report> =>
  fc.record({
    values: fc.tuple(each, each),
    violation: fc.constantFrom(0, 0, 0, 0.5, 2),
  });
const curveOf = (report: fc.Arbitrary<Report>) =>
  fc.array(report, { minLength: LAST, maxLength: LAST }).map(
    (reports): Reports =>
      (step) =>
        reports[step - 1] as Report,
  );
const curvesOf = (report: fc.Arbitrary<Report>) => fc.array(curveOf(report), { minLength: 1, maxLength: 10 });
const maxSteps = fc.constantFrom(1, 5, 9, LAST);

/** What a trial has at its last report, as losses. */
function lastPoint(view: ScheduleView, trial: number): { losses: readonly number[]; violation: number } {
  const found = view.configs.flatMap(({ trials }) => trials).find((each) => each.number === trial);
  const at = found?.pausedAt ?? 0;
  const [a = 0, b = 0] = found?.objectiveSteps?.map((series) => series.get(at) ?? Number.NaN) ?? [];
  return { losses: [a, -b], violation: found?.violationSteps?.get(at) ?? 0 };
}

const isBetter = (a: ReturnType<typeof lastPoint>, b: ReturnType<typeof lastPoint>): boolean =>
  a.violation < b.violation ||
  (a.violation === b.violation && a.losses.every((loss, k) => loss < (b.losses[k] as number)));

describe.each(schedulers.map((entry) => [entry.name, entry] as const))(
  '%s over two objectives',
  (name, entry) => {
    const make = async (): Promise<Scheduler> => (await entry.load())(withDefaults(entry.options, {}));

    test('a search ends with a full trial, trains no step twice, and pauses no trial at its last step', async () => {
      const scheduler = await make();
      await fc.assert(
        fc.asyncProperty(curvesOf(reportOf(number)), maxSteps, async (curves, last) => {
          const { states, trained } = await simulate(scheduler, curves, { maxSteps: last, directions: TWO });
          expect(states).toContain('complete');
          for (const [trial, steps] of trained.entries())
            if (states[trial] !== 'pruned')
              expect(states[trial]).toBe(steps === last ? 'complete' : `paused at ${steps}`);
        }),
        { numRuns: 20 },
      );
    });

    test('no paused trial is passed over for one that is worse in everything at the same step', async () => {
      const scheduler = await make();
      const groupOf = (trial: number, view: ScheduleView): number => {
        if (name !== 'hyperband') return 0;
        const rungs = rungsOf(fullSteps(view) as number, { reductionFactor: 3, minSteps: 0 });
        return bracketOf(trial, sharesOf(rungs.length, 3));
      };
      const watched: Scheduler = {
        ...scheduler,
        async next(view) {
          const next = await scheduler.next(view);
          if (next === null || 'wait' in next) return next;
          const isReplacing = 'parent' in next;
          const chosen = isReplacing ? next.parent : next.trial;
          const { pausedAt } = view.configs.flatMap(({ trials }) => trials)[chosen] ?? {};
          const rivals = view.configs
            .filter(({ attrs }) => forkOf(attrs) === null)
            .flatMap(({ trials }) => trials)
            .filter((rival) => (rival.pausedAt ?? null) !== null && rival.pausedAt === pausedAt)
            .map((rival) => rival.number)
            // What is not a number is continued by none, even if it violates no constraint.
            .filter((rival) => lastPoint(view, rival).losses.every((loss) => loss < Number.POSITIVE_INFINITY))
            .filter((rival) => groupOf(rival, view) === groupOf(chosen, view));
          // pbt continues all of them; whom it replaces is worse than the one that is continued in its place.
          const passedOver = name === 'pbt' ? (isReplacing ? [next.replaces] : []) : rivals;
          for (const rival of passedOver)
            expect(isBetter(lastPoint(view, rival), lastPoint(view, chosen))).toBe(false);
          return next;
        },
      };
      await fc.assert(
        fc.asyncProperty(curvesOf(reportOf(value)), maxSteps, async (curves, last) => {
          await simulate(watched, curves, { maxSteps: last, directions: TWO });
        }),
        { numRuns: 20 },
      );
    });

    test('two objectives that agree are judged as one, in either direction', async () => {
      const [one, two] = [await (name === 'auto' ? asha() : make()), await make()];
      await fc.assert(
        fc.asyncProperty(
          curvesOf(reportOf(value)),
          maxSteps,
          fc.boolean(),
          async (curves, last, resumable) => {
            if (!resumable && needsCheckpoints(name)) return;
            const first = (curve: Reports, step: number) => curve(step).values[0] as number;
            const alone = curves.map(
              (curve): Curve =>
                (step) =>
                  first(curve, step),
            );
            const both = curves.map(
              (curve): Reports =>
                (step) => ({ values: [first(curve, step), -first(curve, step)], violation: 0 }),
            );
            const expected = await simulate(one, alone, { maxSteps: last, resumable });
            expect(await simulate(two, both, { maxSteps: last, resumable, directions: TWO })).toEqual(
              expected,
            );
          },
        ),
        { numRuns: 20 },
      );
    });

    test('an objective that no trial reports before its end leaves the decision to the others', async () => {
      const scheduler = await make();
      const paused = [3, 1, 2, 4].map((loss, trial) => ({
        number: trial,
        state: 'running' as const,
        steps: new Map([
          [1, loss],
          [2, loss],
        ] as const),
        pausedAt: 2,
      }));
      const view = studyView(paused, LAST);
      const withSecond = (of: typeof view) => ({
        ...of,
        configs: of.configs.map((config) => ({
          ...config,
          trials: config.trials.map((trial) => ({
            ...trial,
            objectiveSteps: [trial.steps, new Map<number, number>()],
          })),
        })),
      });
      const may = { space: SPACE, resumable: true, canAsk: false, canExploit: true, stepsLeft: null };
      const one = await (name === 'auto' ? asha() : make()).then((each) => each.next({ ...view, ...may }));
      expect(await scheduler.next({ ...withSecond(view), directions: TWO, ...may })).toEqual(one);
    });
  },
);

const asha = async (): Promise<Scheduler> => {
  const entry = schedulers.find((each) => each.name === 'asha');
  if (!entry) throw new Error('no asha');
  return (await entry.load())(withDefaults(entry.options, {}));
};

describe.each(['asha', 'hyperband', 'epochs', 'pbt'])('%s with metric constraints', (name) => {
  test('a trial that violates them is behind all that do so less, whatever its value', async () => {
    const entry = schedulers.find((each) => each.name === name);
    if (!entry) throw new Error(`no ${name}`);
    const scheduler = (await entry.load())(withDefaults(entry.options, {}));
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(number, { minLength: LAST, maxLength: LAST }), { minLength: 1, maxLength: 10 }),
        maxSteps,
        fc.boolean(),
        async (drawn, last, resumable) => {
          if (!resumable && needsCheckpoints(name)) return;
          const alone = drawn.map(
            (values): Curve =>
              (step) =>
                values[step - 1] as number,
          );
          // The value says the opposite of the violation.
          const violating = drawn.map(
            (values): Reports =>
              (step) => ({ values: [-(values[step - 1] as number)], violation: values[step - 1] as number }),
          );
          const options = { maxSteps: last, resumable };
          expect(await simulate(scheduler, violating, options)).toEqual(
            await simulate(scheduler, alone, options),
          );
        },
      ),
      { numRuns: 20 },
    );
  });
});
