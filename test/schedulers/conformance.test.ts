import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { withDefaults } from '../../src/core/component-options.js';
import { needsCheckpoints, schedulers } from '../../src/schedulers/registry.js';
import type { Scheduler } from '../../src/schedulers/scheduler.js';
import { type Curve, SPACE, simulate, studyView } from './simulate.js';

const number = fc.double({ min: -5, max: 5, noNaN: true });
const curveOf = (value: fc.Arbitrary<number>) =>
  fc.array(value, { minLength: 27, maxLength: 27 }).map(
    (values): Curve =>
      (step) =>
        values[step - 1] as number,
  );
const numbers = curveOf(number);
const anything = curveOf(
  fc.oneof({ weight: 20, arbitrary: number }, { weight: 1, arbitrary: fc.constant(Number.NaN) }),
);

describe.each(schedulers.map((entry) => [entry.name, entry] as const))('the scheduler %s', (_, entry) => {
  const make = async (): Promise<Scheduler> => (await entry.load())(withDefaults(entry.options, {}));
  type Check = (seen: Awaited<ReturnType<typeof simulate>>, maxSteps: number) => void;
  const run = async (resumable: boolean, curve: fc.Arbitrary<Curve>, check: Check) => {
    const scheduler = await make();
    const searches = fc.record({
      curves: fc.array(curve, { minLength: 1, maxLength: 12 }),
      maxSteps: fc.constantFrom(1, 2, 5, 9, 27),
    });
    const search = fc.asyncProperty(searches, async ({ curves, maxSteps }) => {
      check(await simulate(scheduler, curves, { maxSteps, resumable }), maxSteps);
    });
    await fc.assert(search, { numRuns: 60 });
  };

  test('a search ends, trains no step twice, and pauses no trial at its last step', () =>
    run(true, anything, ({ trained, states, log }, maxSteps) => {
      // Only one whose place another one takes has ended before.
      const replaced = log.flatMap((line) => /^replace (\d+)/.exec(line)?.[1] ?? []);
      expect(states.flatMap((state, trial) => (state === 'pruned' ? [String(trial)] : []))).toEqual(
        replaced.sort((a, b) => Number(a) - Number(b)),
      );
      for (const [trial, steps] of trained.entries()) {
        expect(steps).toBeLessThanOrEqual(maxSteps);
        if (states[trial] !== 'pruned')
          expect(states[trial]).toBe(steps === maxSteps ? 'complete' : `paused at ${steps}`);
      }
    }));

  test('a search ends with a full trial', () =>
    run(true, numbers, ({ states }) => expect(states).toContain('complete')));

  test.runIf(needsCheckpoints(entry.name))('without checkpoints it refuses', async () => {
    const scheduler = await make();
    const view = {
      ...studyView([], 27),
      space: SPACE,
      resumable: false,
      canAsk: true,
      canExploit: true,
      stepsLeft: null,
    };
    await expect(async () => scheduler.next(view)).rejects.toThrow(
      'expects a trainer that saves checkpoints',
    );
  });

  test.skipIf(needsCheckpoints(entry.name))(
    'without checkpoints it only stops, never the first trial, and never at the last step',
    () =>
      run(false, anything, ({ states, trained, log }, maxSteps) => {
        expect(log.filter((line) => line.startsWith('continue'))).toEqual([]);
        for (const [trial, state] of states.entries())
          expect(state).toBe(trained[trial] === maxSteps ? 'complete' : 'pruned');
      }),
  );

  test('the same view gives the same answer, and the view stays as it is', async () => {
    const scheduler = await make();
    const trials = [0, 1, 2, 3].map((number) => ({
      number,
      state: 'running' as const,
      steps: new Map([
        [1, number],
        [2, 3 - number],
        [3, number],
      ]),
      pausedAt: 3,
    }));
    const view = Object.freeze({
      ...studyView(trials, 27),
      space: SPACE,
      resumable: true,
      canAsk: false,
      canExploit: true,
      stepsLeft: null,
    });
    const first = await scheduler.next(view);
    expect(await scheduler.next(view)).toEqual(first);
    expect(await (await make()).next(view)).toEqual(first);
  });

  test('nothing is paused before it is known how long a full trial is', async () => {
    const scheduler = await make();
    const view = {
      ...studyView([], null),
      space: SPACE,
      resumable: true,
      canAsk: true,
      canExploit: true,
      stepsLeft: null,
    };
    expect((await scheduler.firstTargets(view))(0)).toBeNull();
    expect(await scheduler.next(view)).toBeNull();
  });
});
