import { expect, test } from 'vitest';
import { withDefaults } from '../../src/core/component-options.js';
import { schedulers } from '../../src/schedulers/registry.js';
import { SPACE, simulate, studyView } from './simulate.js';

const entry = schedulers.find(({ name }) => name === 'pbt');
const pbt = async (options: Record<string, number>) => {
  if (!entry) throw new Error('no pbt');
  return (await entry.load())(withDefaults(entry.options, options));
};
/** The value of each configuration, at every step. */
const flat = (...values: number[]) => values.map((value) => () => value);

test('with one slot all members reach a step before the worst of them is replaced, and then they go on', async () => {
  const scheduler = await pbt({ population: 4, interval: 3 });
  const { log, states, trained } = await simulate(scheduler, flat(3, 1, 4, 2), { maxSteps: 9 });
  expect(log).toEqual([
    'start 0 to 3',
    'start 1 to 3',
    'start 2 to 3',
    'start 3 to 3',
    'replace 2 by 4 from 1 to 6',
    'continue 0 to 6',
    'continue 1 to 6',
    'continue 3 to 6',
    // It has the values of trial 0, and came later.
    'replace 4 by 5 from 1 to end',
    'continue 0 to end',
    'continue 1 to end',
    'continue 3 to end',
  ]);
  expect(states).toEqual(['complete', 'complete', 'pruned', 'complete', 'pruned', 'complete']);
  expect(trained[5]).toBe(9);
});

test('equal members replace nobody', async () => {
  const scheduler = await pbt({ population: 4, interval: 3 });
  const { states } = await simulate(scheduler, flat(1, 1, 1, 1), { maxSteps: 9 });
  expect(states).toEqual(['complete', 'complete', 'complete', 'complete']);
});

const member = (number: number, value: number, at: number, isPaused = true) => ({
  number,
  state: 'running' as const,
  steps: new Map(Array.from({ length: at }, (_, k) => [k + 1, value])),
  pausedAt: isPaused ? at : null,
});
const may = { space: SPACE, resumable: true, canAsk: false, canExploit: true, stepsLeft: null };

test('one of the worst waits for one of the best that is paused once more, and others continue meanwhile', async () => {
  const scheduler = await pbt({ population: 4, interval: 3 });
  const running = [member(0, 1, 4, false), member(1, 2, 3), member(2, 3, 3), member(3, 4, 3)];
  expect(await scheduler.next({ ...studyView(running, 30), ...may })).toMatchObject({ trial: 1, toStep: 6 });
  const alone = [member(0, 1, 4, false), member(1, 2, 4, false), member(2, 3, 4, false), member(3, 4, 3)];
  expect(await scheduler.next({ ...studyView(alone, 30), ...may })).toMatchObject({
    wait: expect.any(String),
  });
  // The best one runs to its end: nothing to wait for.
  expect(await scheduler.next({ ...studyView(alone, 6), ...may })).toMatchObject({ trial: 3, toStep: null });
});

test('with several slots it begins no more members than the population, unless one fails at the start', async () => {
  const scheduler = await pbt({ population: 2, interval: 3 });
  const view = (members: Parameters<typeof studyView>[0]) => ({
    ...studyView(members, 30),
    ...may,
    canAsk: true,
  });
  expect(await scheduler.next(view([member(0, 1, 1, false)]))).toBeNull();
  const two = [member(0, 1, 1, false), member(1, 1, 1, false)];
  expect(await scheduler.next(view(two))).toMatchObject({ wait: expect.any(String) });
});

test('a member that overran its target keeps nobody out, and one that fails later is not made up for', async () => {
  const scheduler = await pbt({ population: 3, interval: 3 });
  const view = (members: Parameters<typeof studyView>[0]) => ({
    ...studyView(members, 30),
    ...may,
    canAsk: true,
  });
  const overran = member(0, 1, 7);
  expect(await scheduler.next(view([overran, member(1, 1, 3)]))).toBeNull();
  const failed = { ...member(2, 1, 2, false), state: 'fail' as const };
  expect(await scheduler.next(view([member(0, 1, 3), member(1, 1, 3), failed]))).toBeNull();
  expect(await scheduler.next(view([overran, member(1, 1, 3), failed]))).toMatchObject({ trial: 1 });
});

test('a new trial does not count at the steps that it has of its parent', async () => {
  const scheduler = await pbt({ population: 4, interval: 3 });
  const fork = { parent: 0, fromStep: 3, replaces: 3, copy: '3-a', steps: 3 };
  const replaced = { ...member(3, 4, 3), state: 'pruned' as const, pausedAt: null };
  const members = [
    member(0, 1, 3),
    member(1, 2, 3),
    member(2, 3, 3),
    replaced,
    { ...member(4, 0, 4, false), fork },
  ];
  expect(await scheduler.next({ ...studyView(members, 30), ...may })).toMatchObject({
    trial: 0,
    reason: 'place 1 of 4 at step 3',
  });
});

test('where no trial can be added, the worst continue too', async () => {
  const scheduler = await pbt({ population: 4, interval: 3 });
  const members = [0, 1, 2, 3].map((number) => member(number, number, 3));
  const view = { ...studyView(members, 30), ...may };
  expect(await scheduler.next(view)).toMatchObject({ parent: 0, replaces: 3, toStep: 6 });
  expect(await scheduler.next({ ...view, canExploit: false, stepsLeft: null })).toMatchObject({
    trial: 0,
    toStep: 6,
  });
});
