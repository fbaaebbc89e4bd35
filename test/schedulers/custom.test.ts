import { describe, expect, test } from 'vitest';
import { guardedScheduler, isScheduler } from '../../src/schedulers/custom.js';
import type { Scheduler, ScheduleView } from '../../src/schedulers/scheduler.js';

const trial = { number: 0, state: 'running', values: null, steps: new Map(), pausedAt: 2 } as const;
const view = {
  configs: [{ trials: [trial] }],
  directions: ['minimize'],
  maxSteps: 9,
  resumable: true,
  canAsk: true,
  canExploit: true,
  stepsLeft: null,
} as unknown as ScheduleView;

const good: Scheduler = {
  firstTargets: async () => () => 3,
  decide: async () => ({ kind: 'pause', reason: 'enough' }),
  next: async () => ({ trial: 0, toStep: null, reason: 'the best' }),
};
const guarded = (changes: object) => guardedScheduler('own', { ...good, ...changes } as Scheduler);

describe('a scheduler of a program', () => {
  test('answers as it does, at once or later', async () => {
    const scheduler = guarded({ decide: () => ({ kind: 'stop' }) });
    expect((await scheduler.firstTargets(view))(7)).toBe(3);
    expect(await scheduler.decide(trial, view)).toEqual({
      kind: 'stop',
      reason: 'the scheduler own decided it',
    });
    expect(await guarded({}).next(view)).toEqual({ trial: 0, toStep: null, reason: 'the best' });
    expect(await guarded({ next: () => null }).next(view)).toBeNull();
  });

  test('is told by its three functions', () => {
    expect(isScheduler(good)).toBe(true);
    for (const odd of [null, 'asha', { name: 'asha' }, { decide: () => 1 }, { ...good, next: 1 }])
      expect(isScheduler(odd)).toBe(false);
  });

  test.each([
    [{ firstTargets: () => 3 }, 'expected a function of a trial number from firstTargets'],
    [{ firstTargets: () => () => 0 }, 'expected a step of at least 1, or null, as a first target'],
    [{ decide: () => ({ prune: true }) }, 'from decide of the scheduler own, got {"prune":true}'],
    [{ decide: () => ({ kind: 'halt' }) }, "expected { kind: 'continue', 'pause' or 'stop'"],
    [{ next: () => ({ trial: 5, toStep: 3 }) }, 'expected the number of a paused trial from next'],
    [{ next: () => ({ trial: 0, toStep: 1.5 }) }, 'from next of the scheduler own'],
    [{ next: () => undefined }, 'expected null, or { trial, toStep'],
    [
      {
        next: () => {
          throw new Error('no data');
        },
      },
      'the scheduler own threw: no data',
    ],
  ])('is named with what is wrong: %o', async (changes, message) => {
    const scheduler = guarded(changes);
    const ask = async () => {
      (await scheduler.firstTargets(view))(0);
      await scheduler.decide(trial, view);
      await scheduler.next(view);
    };
    await expect(ask()).rejects.toThrow(message);
  });
});
