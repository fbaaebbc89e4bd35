import { describe, expect, test } from 'vitest';
import { createStudy, float, type Scheduler } from '../../src/index.js';
import { closing } from './support.js';

/** Stops or pauses each trial at its first step, and continues none. */
const ending = (kind: 'stop' | 'pause'): Scheduler => ({
  firstTargets: () => () => 1,
  decide: () => ({ kind, reason: 'hopeless' }),
  next: () => null,
});
const create = (kind: 'stop' | 'pause') =>
  closing(
    createStudy({
      direction: 'minimize',
      sampler: 'random',
      space: { x: float(0, 1) },
      scheduler: ending(kind),
      maxSteps: 9,
    }),
  );
const expected = {
  stop: ['AbortError', 'trial 0 was pruned'],
  pause: ['AbortError', 'trial 0 is paused: it comes again when the scheduler continues it'],
};

/** The trial as the three ways of running it have it in common. */
type Trial = {
  report(value: number, step: number): void;
  shouldPrune(): Promise<boolean>;
  readonly checkpoint: { save(state: unknown): Promise<unknown> };
  readonly signal: AbortSignal;
};

async function reasonOf(trial: Trial): Promise<unknown> {
  trial.report(1, 1);
  await trial.checkpoint.save(1);
  expect(await trial.shouldPrune()).toBe(true);
  expect(trial.signal.reason).toBeInstanceOf(Error);
  expect(() => trial.signal.throwIfAborted()).toThrow(trial.signal.reason);
  return [trial.signal.reason.name, trial.signal.reason.message];
}

describe.each(['stop', 'pause'] as const)('the reason of the signal, after the %s of a scheduler', (kind) => {
  test('is an error that says why, in optimize', async () => {
    const study = await create(kind);
    const reasons: unknown[] = [];
    await study.optimize(
      async (trial) => {
        reasons.push(await reasonOf(trial));
        return 0;
      },
      { trials: 1 },
    );
    expect(reasons).toEqual([expected[kind]]);
  });

  test('is the same of a trial that was asked for', async () => {
    const study = await create(kind);
    expect(await reasonOf(await study.ask())).toEqual(expected[kind]);
  });

  test('is the same in a loop', async () => {
    const study = await create(kind);
    const reasons: unknown[] = [];
    for await (const trial of study.run({ trials: '+1' })) {
      reasons.push(await reasonOf(trial));
      await trial.prune();
    }
    expect(reasons).toEqual([expected[kind]]);
  });
});

test.each(['before', 'after'])(
  'the reason in optimize is the reason of the program, read %s its abort',
  async (when) => {
    const study = await closing(createStudy({ direction: 'minimize', space: { x: float(0, 1) } }));
    const stop = new AbortController();
    const seen: unknown[] = [];
    await study.optimize(
      async (trial) => {
        if (when === 'before') expect(trial.signal.aborted).toBe(false);
        stop.abort(new RangeError('enough'));
        seen.push(await trial.shouldPrune(), trial.signal.reason);
        return 1;
      },
      { trials: 3, signal: stop.signal },
    );
    expect(seen).toEqual([true, stop.signal.reason]);
  },
);
