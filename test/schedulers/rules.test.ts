import { expect, test } from 'vitest';
import { makeAsha } from '../../src/schedulers/asha.js';
import { makeEpochs } from '../../src/schedulers/epochs.js';
import { makeHyperband } from '../../src/schedulers/hyperband.js';
import { rungsOf } from '../../src/schedulers/rungs.js';
import { simulate } from './simulate.js';

const HALVING = { reduction_factor: 3, min_steps: 0 };
/** The lower the number, the better, at every step. */
const sorted = (count: number) => Array.from({ length: count }, (_, k) => (step: number) => k + 1 / step);

test('rungs are parts of a full trial, and none lies below the lowest', () => {
  expect(rungsOf(27, { reductionFactor: 3, minSteps: 0 })).toEqual([3, 9, 27]);
  expect(rungsOf(27, { reductionFactor: 3, minSteps: 1 })).toEqual([1, 3, 9, 27]);
  expect(rungsOf(5, { reductionFactor: 3, minSteps: 0 })).toEqual([1, 2, 5]);
  expect(rungsOf(100, { reductionFactor: 4, minSteps: 20 })).toEqual([25, 100]);
  expect(rungsOf(1, { reductionFactor: 3, minSteps: 0 })).toEqual([1]);
  expect(rungsOf(3, { reductionFactor: 2, minSteps: 1 })).toEqual([2, 3]);
});

test('asha continues the best third of each rung as soon as it is known', async () => {
  const { log } = await simulate(makeAsha(HALVING), sorted(4).toReversed(), { maxSteps: 9 });
  expect(log).toEqual([
    'start 0 to 1',
    'start 1 to 1',
    'start 2 to 1',
    // The best of three.
    'continue 2 to 3',
    'start 3 to 1',
    'continue 3 to 3',
    'continue 3 to end',
  ]);
});

test('asha trains the best configuration in full, and the worse ones as little as their rungs', async () => {
  const { trained, states } = await simulate(makeAsha(HALVING), sorted(27), { maxSteps: 27 });
  expect(states[0]).toBe('complete');
  expect(trained.filter((steps) => steps === 3).length).toBeGreaterThanOrEqual(18);
  expect(trained.reduce((sum, steps) => sum + steps, 0)).toBeLessThan(27 * 9);
});

test('hyperband begins some configurations late, or trains them in full at once', async () => {
  const { log } = await simulate(makeHyperband(HALVING), sorted(30), { maxSteps: 27 });
  const starts = new Set(log.filter((line) => line.startsWith('start')).map((line) => line.split(' to ')[1]));
  expect([...starts].sort()).toEqual(['3', '9', 'end']);
});

test('epochs trains all for some steps and then the best to the end', async () => {
  const { log, states } = await simulate(makeEpochs({ steps: 2, keep: 2 }), sorted(4).toReversed(), {
    maxSteps: 9,
  });
  expect(log).toEqual([
    'start 0 to 2',
    'start 1 to 2',
    'start 2 to 2',
    'start 3 to 2',
    'continue 3 to end',
    'continue 2 to end',
  ]);
  expect(states).toEqual(['paused at 2', 'paused at 2', 'complete', 'complete']);
});

test('a curve that is not a number is continued by none', async () => {
  const curves = [() => Number.NaN, (step: number) => 1 / step, () => Number.NaN];
  for (const scheduler of [makeAsha(HALVING), makeEpochs({ steps: 1, keep: 3 })]) {
    const { states } = await simulate(scheduler, curves, { maxSteps: 9 });
    expect(states).toEqual(['paused at 1', 'complete', 'paused at 1']);
  }
});
