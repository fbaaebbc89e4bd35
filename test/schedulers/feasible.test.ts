import { expect, test } from 'vitest';
import { withDefaults } from '../../src/core/component-options.js';
import { makeAuto } from '../../src/schedulers/auto.js';
import { schedulers } from '../../src/schedulers/registry.js';
import { type Reports, simulate } from './simulate.js';

const auto = makeAuto(withDefaults(schedulers.find(({ name }) => name === 'auto')?.options ?? {}, {}));
const LAST = 27;

/** Falls from 1 to an end. `violation`: by how much it breaks a limit at each step. */
const falling =
  (end: number, violation: (step: number) => number): Reports =>
  (step) => ({ values: [end + (1 - end) * Math.exp(-0.3 * step)], violation: violation(step) });
const never = () => 0;
const always = () => 5;
/** The half that would be best, and does not keep the limit. */
const ends = Array.from({ length: 24 }, (_, k) => 0.1 + ((k * 7) % 24) / 30);
const isBetter = (end: number) => end < 0.5;

test('a trial that breaks a limit which complete ones kept from the start is not continued', async () => {
  const curves = ends.map((end) => falling(end, isBetter(end) ? always : never));
  const { states, trained } = await simulate(auto, curves, { maxSteps: LAST });
  // The first complete trial shows what can be kept.
  const first = states.findIndex((state, k) => state === 'complete' && !isBetter(ends[k] as number));
  expect(first).toBeGreaterThanOrEqual(0);
  const broken = trained.filter((_, k) => isBetter(ends[k] as number));
  const { trained: free } = await simulate(
    auto,
    ends.map((end) => falling(end, never)),
    { maxSteps: LAST },
  );
  const freely = free.filter((_, k) => isBetter(ends[k] as number));
  const sum = (steps: readonly number[]) => steps.reduce((a, b) => a + b, 0);
  expect(sum(broken)).toBeLessThan(sum(freely) / 2);
});

test('a limit that is only kept after some training stops nobody early', async () => {
  const late = (step: number) => (step < 20 ? 1 : 0);
  const free = await simulate(
    auto,
    ends.map((end) => falling(end, never)),
    { maxSteps: LAST },
  );
  const found = await simulate(
    auto,
    ends.map((end) => falling(end, late)),
    { maxSteps: LAST },
  );
  expect(found.states).toEqual(free.states);
});

test('without checkpoints such a trial is stopped at a rung', async () => {
  const order = ends.toSorted((a, b) => b - a);
  const curves = order.map((end) => falling(end, isBetter(end) ? always : never));
  const { states } = await simulate(auto, curves, { maxSteps: LAST, resumable: false });
  const broken = states.filter((_, k) => isBetter(order[k] as number));
  expect(new Set(broken)).toEqual(new Set(['pruned']));
});
