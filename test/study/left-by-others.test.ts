import { describe, expect, test } from 'vitest';
import { int } from '../../src/core/distribution.js';
import type { Storage } from '../../src/storage/storage.js';
import type { Study } from '../../src/study/study.js';
import {
  DEAD_OWNER,
  makeSpec,
  newAttempt,
  newStudy,
  opened,
  results,
  ScriptedExecutor,
  sweep,
  T0,
  trains,
} from './harness.js';

const numbers = (n: number) => [{ name: 'n', distribution: int(1, n) }];

/** Another orchestrator asks for a trial, interrupts it and goes: what is left is queued. */
async function leaveQueued(study: Study): Promise<void> {
  const asked = await study.ask(newAttempt(DEAD_OWNER), T0);
  if ('exhausted' in asked) throw new Error('exhausted');
  const ended = { exitCode: null, reason: 'interrupted', cause: 'interrupted' as const, finishedAtMs: T0 };
  expect(await study.storage.requeue(asked.attempt?.id ?? -1, ended)).toBe(true);
}

/** A sweep over two configurations, of which another orchestrator takes and leaves the second while the first runs. */
function meanwhile(study: Study): ScriptedExecutor {
  const train = trains(() => 1);
  return new ScriptedExecutor(async (attempt, hooks) => {
    if (attempt.trial === 0) await leaveQueued(study);
    return train(attempt, hooks);
  });
}

describe('what another orchestrator leaves while we run', () => {
  test('a queued trial is run before the sweep ends', async () => {
    const study = await newStudy(makeSpec(numbers(2)));
    const { end } = await sweep(study, meanwhile(study));
    expect(end).toBe('exhausted');
    expect(await results(study)).toEqual(['complete 1', 'complete 1']);
  });

  test('outstanding repeats are run before the sweep ends', async () => {
    const study = await newStudy(makeSpec(numbers(2), { repeats: 2 }));
    const { end } = await sweep(study, meanwhile(study));
    expect(end).toBe('exhausted');
    expect(await results(study)).toEqual(new Array(4).fill('complete 1'));
  });

  test('is left alone when someone says stop in the moment of looking for it', async () => {
    const drain = new AbortController();
    const storage = await opened();
    let looks = 0;
    // Once at the start, once when nothing more is to be launched.
    const watched: Storage = {
      ...storage,
      unfinished: async (id, state) => {
        if (state !== 'waiting') looks++;
        if (looks === 2) drain.abort();
        return storage.unfinished(id, state);
      },
    };
    const study = await newStudy(makeSpec(numbers(2)), watched);
    const executor = meanwhile(study);
    const { end } = await sweep(study, executor, { drain: drain.signal });
    expect(end).toBe('interrupted');
    expect(executor.started.map(({ trial }) => trial)).toEqual([0]);
    expect(await results(study)).toEqual(['complete 1', 'running queued']);
  });

  test('a storage that breaks in the moment of looking for it ends the sweep with its error', async () => {
    const storage = await opened();
    let looks = 0;
    const breaking: Storage = {
      ...storage,
      unfinished: async (id, state) => {
        if (state !== 'waiting') looks++;
        if (looks === 2) throw new Error('the disk is gone');
        return storage.unfinished(id, state);
      },
    };
    const study = await newStudy(makeSpec(numbers(1)), breaking);
    await expect(sweep(study, new ScriptedExecutor(trains(() => 1)))).rejects.toThrow('the disk is gone');
  });
});
