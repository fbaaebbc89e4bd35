import { describe, expect, test } from 'vitest';
import { float, int } from '../../src/core/distribution.js';
import { FIRST_FAILURES } from '../../src/study/sweep/failures.js';
import { pass } from '../support/until.js';
import {
  done,
  failed,
  makeSpec,
  newStudy,
  opened,
  reopened,
  results,
  rows,
  ScriptedExecutor,
  sweep,
  tempDir,
  trains,
  turn,
  untilStopped,
} from './harness.js';

const numbers = (n: number) => [{ name: 'n', distribution: int(1, n) }];
const random = { sampler: { name: 'random', options: {} } };
const line = [{ name: 'x', distribution: float(0, 1) }];

describe('a stop from outside', () => {
  /** Trials 0 and 1 end at once; later ones end well when `ends` resolves, or are stopped. */
  const running = (ends: Promise<void>) =>
    new ScriptedExecutor(async (attempt, hooks) => {
      hooks.report([{ name: 'loss', step: 1, value: 1 }]);
      await turn();
      if (attempt.trial < 2) return done;
      await Promise.race([untilStopped(hooks), ends]);
      return hooks.signal.aborted ? failed(143) : done;
    });

  test('drain: nothing new is started and what runs finishes', async () => {
    const study = await newStudy(makeSpec(numbers(9)));
    const drain = new AbortController();
    const drained = new Promise<void>((resolve) => drain.signal.addEventListener('abort', () => resolve()));
    const { end, events } = await sweep(study, running(drained), {
      slots: 2,
      drain: drain.signal,
      onEvent: (event) => {
        if (event.type === 'trial-started' && event.trial === 3) drain.abort();
      },
    });
    expect(end).toBe('interrupted');
    expect(await results(study)).toEqual(Array.from({ length: 4 }, () => 'complete 1'));
    expect(events).toContainEqual({ type: 'stopping', why: 'drain' });
  });

  test('abort: what runs is stopped and queued again, its steps are gone, and the next sweep takes it up', async () => {
    const url = `sqlite:${tempDir()}/hpo.db`;
    const study = await newStudy(makeSpec(numbers(5)), await opened(url));
    const abort = new AbortController();
    const { end, events } = await sweep(study, running(new Promise(() => {})), {
      slots: 2,
      abort: abort.signal,
      onEvent: (event) => {
        if (event.type === 'trial-reported' && event.trial === 3) abort.abort();
      },
    });
    expect(end).toBe('interrupted');
    expect(await results(study)).toEqual(['complete 1', 'complete 1', 'running queued', 'running queued']);
    expect(events.filter(({ type }) => type === 'trial-requeued')).toHaveLength(2);
    expect((await rows(study))[3]).toMatchObject({ epochs: 0, metrics: {}, attempt: 1 });
    const later = await reopened(url);
    const executor = new ScriptedExecutor(trains(() => 2));
    await sweep(later, executor);
    expect(executor.started.map(({ trial, attempt }) => [trial, attempt])).toEqual([
      [2, 2],
      [3, 2],
      [4, 1],
    ]);
    expect(await results(later)).toEqual([
      'complete 1',
      'complete 1',
      'complete 2',
      'complete 2',
      'complete 2',
    ]);
  });

  test('a stop that came before the sweep starts nothing and is reported as an interruption', async () => {
    const study = await newStudy(makeSpec(numbers(3)));
    const stopped = new AbortController();
    stopped.abort();
    for (const how of [{ drain: stopped.signal }, { abort: stopped.signal }]) {
      const executor = new ScriptedExecutor(trains(() => 1));
      expect((await sweep(study, executor, how)).end).toBe('interrupted');
      expect(executor.started).toEqual([]);
    }
  });

  test('timeout: nothing new after the time, running trials finish', async () => {
    const study = await newStudy(makeSpec(line, random));
    const executor = new ScriptedExecutor(async (_, hooks) => {
      hooks.report([{ name: 'loss', step: 1, value: 1 }]);
      await pass(30);
      return done;
    });
    const { end, events } = await sweep(study, executor, { timeoutMs: 50, slots: 2 });
    expect(end).toBe('timeout');
    expect(events).toContainEqual({ type: 'stopping', why: 'timeout' });
    expect(executor.started.length).toBeGreaterThan(0);
    expect(new Set(await results(study))).toEqual(new Set(['complete 1']));
    const next = executor.started.length;
    expect(await rows(study)).toHaveLength(next);
  });

  test('a timeout does not hide that the first trials all failed', async () => {
    const study = await newStudy(makeSpec(numbers(9)));
    const executor = new ScriptedExecutor(async ({ trial }) => {
      if (trial >= FIRST_FAILURES) await pass(60);
      return failed();
    });
    const { end } = await sweep(study, executor, { timeoutMs: 40, slots: FIRST_FAILURES + 1 });
    expect(end).toBe('failures');
  });
});
