import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { withDefaults } from '../../src/core/component-options.js';
import { needsCheckpoints, schedulers } from '../../src/schedulers/registry.js';
import { type Curve, simulate } from './simulate.js';

const LAST = 27;
const number = fc.double({ min: -5, max: 5, noNaN: true });
const curve = fc.array(number, { minLength: LAST, maxLength: LAST }).map(
  (values): Curve =>
    (step) =>
      values[step - 1] as number,
);
const load = async (name: string, options = {}) => {
  const entry = schedulers.find((each) => each.name === name);
  if (!entry) throw new Error(`no ${name}`);
  return (await entry.load())(withDefaults(entry.options, options));
};
/** The lower the number, the better, at every step. */
const sorted = (count: number) =>
  Array.from(
    { length: count },
    (_, k): Curve =>
      (step) =>
        k + 1 / step,
  );

describe.each(schedulers.map(({ name }) => name))('%s with a budget of steps', (name) => {
  test('has a result, and spends no more than there is where that trains one trial', async () => {
    const scheduler = await load(name);
    const holds = fc.asyncProperty(
      fc.array(curve, { minLength: 12, maxLength: 12 }),
      fc.integer({ min: 1, max: 12 * LAST }),
      fc.constantFrom(1, 5, 9, LAST),
      async (curves, steps, maxSteps) => {
        const { spent, states } = await simulate(scheduler, curves, { maxSteps, steps });
        expect(states).toContain('complete');
        // Less than one trial takes buys one nevertheless.
        expect(spent).toBeLessThanOrEqual(Math.max(steps, maxSteps));
      },
    );
    await fc.assert(holds, { numRuns: 20 });
    // The one trial that came to an end needed a step more than there was, and another needed none.
    await fc.assert(holds, { numRuns: 20, seed: -1056747584 });
  });

  test('a budget that does not end changes nothing', async () => {
    const scheduler = await load(name);
    const curves = sorted(9).toReversed();
    const free = await simulate(scheduler, curves, { maxSteps: LAST });
    expect(await simulate(scheduler, curves, { maxSteps: LAST, steps: 1e6 })).toEqual(free);
  });

  test.skipIf(needsCheckpoints(name))(
    'without checkpoints the budget is for whole trials, as without a scheduler',
    async () => {
      const scheduler = await load(name);
      const { trained, spent } = await simulate(scheduler, sorted(9).toReversed(), {
        maxSteps: 9,
        steps: 30,
        resumable: false,
      });
      expect(spent).toBeGreaterThanOrEqual(30);
      expect(trained.length).toBeGreaterThanOrEqual(4);
    },
  );
});

const isComplete = (state: string): boolean => state === 'complete';

test('asha begins nothing that cannot be finished, and trains the best that it can finish', async () => {
  const curves = [5, 4, 3, 2, 1, 0].map(
    (end): Curve =>
      (step) =>
        end + 1 / step,
  );
  const { log, spent } = await simulate(await load('asha'), curves, { maxSteps: 9, steps: 16 });
  expect(log).toEqual([
    'start 0 to 1',
    'start 1 to 1',
    'start 2 to 1',
    'continue 2 to 3',
    'start 3 to 1',
    'continue 3 to 3',
    // Eight steps are left: no new trial of nine. The best one that they finish needs six.
    'continue 3 to end',
  ]);
  expect(spent).toBe(14);
});

test('epochs keeps the steps that its best need to their ends', async () => {
  const scheduler = await load('epochs', { steps: 3, keep: 2 });
  const { log, spent, states } = await simulate(scheduler, sorted(40).toReversed(), {
    maxSteps: 9,
    steps: 60,
  });
  // Twelve of 60 steps finish two trials.
  expect(log.filter((line) => line.startsWith('start'))).toHaveLength(16);
  expect(states.filter(isComplete)).toHaveLength(2);
  expect(spent).toBe(60);
});

test('pbt has no more members than the budget trains in full, and gives up the worst ones first', async () => {
  const scheduler = await load('pbt', { population: 4, interval: 3 });
  const curves = [3, 1, 4, 2].map(
    (value): Curve =>
      () =>
        value,
  );
  const { states, spent } = await simulate(scheduler, curves, { maxSteps: 9, steps: 20 });
  expect(states).toEqual(['complete', 'complete']);
  expect(spent).toBe(18);
});
