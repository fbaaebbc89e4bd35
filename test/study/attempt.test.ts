import { describe, expect, test } from 'vitest';
import { int } from '../../src/core/distribution.js';
import type { StudySpec } from '../../src/core/spec.js';
import type { MetricPoint, Outcome } from '../../src/executors/executor.js';
import { describeExit } from '../../src/study/attempt/describe-exit.js';
import { LOST_ATTEMPTS_LIMIT } from '../../src/study/attempt/retry-policy.js';
import type { Study } from '../../src/study/study.js';
import {
  DEAD_OWNER,
  done,
  failed,
  makeSpec,
  newAttempt,
  newStudy,
  opened,
  results,
  rows,
  ScriptedExecutor,
  sweep,
  T0,
  trains,
  turn,
  untilStopped,
} from './harness.js';

const unknown: Outcome = { kind: 'unknown', finishedAtMs: T0 + 5, logTail: [] };
const one = (more: Partial<StudySpec> = {}) => makeSpec([{ name: 'n', distribution: int(1, 1) }], more);
const loss = (step: number | null, value: number): MetricPoint => ({ name: 'loss', step, value });

/** What becomes of the only trial of a study that reports these points and ends so. */
async function judged(
  points: readonly MetricPoint[],
  outcome: Outcome = done,
  more: Partial<StudySpec> = {},
) {
  const study = await newStudy(one(more));
  const executor = new ScriptedExecutor((_, hooks) => {
    if (points.length > 0) hooks.report(points);
    return outcome;
  });
  await sweep(study, executor);
  const [row] = await rows(study);
  return { state: row?.state, values: row?.values, reason: row?.reason, exitCode: row?.exitCode };
}

describe('what an end means', () => {
  test('exit 0 with the objective is COMPLETE, whatever else was reported', async () => {
    const points = [loss(1, 3), loss(2, 2), { name: 'accuracy', step: 2, value: 0.5 }];
    expect(await judged(points)).toEqual({ state: 'complete', values: [2], reason: null, exitCode: 0 });
    expect(await judged([loss(1, 3), loss(null, 9)])).toMatchObject({ state: 'complete', values: [9] });
    const infinite = await judged([loss(1, Number.POSITIVE_INFINITY)]);
    expect(infinite).toMatchObject({ state: 'complete', values: [Number.POSITIVE_INFINITY] });
  });

  test('another exit code is FAIL, with the error that its log ends with', async () => {
    const crash = (...logTail: string[]): Outcome => ({
      ...{ kind: 'exited', exitCode: 1, finishedAtMs: T0 + 1000 },
      logTail,
    });
    const traceback = ['Traceback (most recent call last):', 'RuntimeError: loss is nan'];
    expect(await judged([loss(1, 3)], crash(...traceback))).toMatchObject({
      state: 'fail',
      reason: 'exit code 1: RuntimeError: loss is nan',
      exitCode: 1,
    });
    expect(await judged([], crash('no space left'))).toMatchObject({ reason: 'exit code 1' });
    const aborted = await judged([], { ...crash('no room'), exitCode: 134 } as Outcome);
    expect(aborted).toMatchObject({ reason: 'killed by SIGABRT (exit code 134): no room' });
  });

  test('exit 0 without the objective, or with NaN for it, is FAIL and says why', async () => {
    const none = await judged([{ name: 'accuracy', step: 1, value: 1 }]);
    expect(none).toEqual({
      state: 'fail',
      values: null,
      reason: 'exited 0 without reporting the objective loss; it reported accuracy',
      exitCode: 0,
    });
    expect(await judged([loss(1, 1), loss(2, Number.NaN)])).toMatchObject({
      state: 'fail',
      values: null,
      reason: 'the objective loss is NaN',
    });
  });

  test('any other exit is FAIL, though the objective was reported', async () => {
    expect(await judged([loss(1, 1)], failed(137))).toEqual({
      state: 'fail',
      values: null,
      reason: 'killed by SIGKILL (exit code 137, often a lack of memory)',
      exitCode: 137,
    });
  });

  test('reduce decides the value', async () => {
    const points = [loss(1, 1), loss(2, 5), loss(3, 3)];
    for (const [reduce, value] of [
      ['last', 3],
      ['best', 1],
      ['mean', 3],
    ] as const) {
      const objectives = [{ metric: 'loss', direction: 'minimize', reduce }] as const;
      expect((await judged(points, done, { objectives })).values).toEqual([value]);
    }
  });

  test('exit codes in words', () => {
    expect(describeExit(1)).toBe('exit code 1');
    expect(describeExit(127)).toBe('exit code 127 (command not found)');
    expect(describeExit(139)).toBe('killed by SIGSEGV (exit code 139)');
    expect(describeExit(143)).toBe('killed by SIGTERM (exit code 143)');
  });
});

describe('an attempt that came to nothing', () => {
  test('an unknown end after a final value is COMPLETE and says so', async () => {
    const result = await judged([loss(1, 3), loss(null, 1)], unknown);
    expect(result).toMatchObject({ state: 'complete', values: [1], exitCode: null });
    expect(result.reason).toContain('exit code unknown');
  });

  test('an unknown end after some steps is no result: the machine may have lost power after the first epoch', async () => {
    const study = await newStudy(one());
    const executor = new ScriptedExecutor(({ attempt }, hooks) => {
      hooks.report([loss(1, 1)]);
      return attempt === 1 ? unknown : done;
    });
    await sweep(study, executor);
    expect(executor.started).toHaveLength(2);
    expect(await results(study)).toEqual(['complete 1']);
  });

  test('what a dead orchestrator was stopping is queued again, or pruned, and no failure of the trainer', async () => {
    const stopped = (stoppedFor: 'interrupted' | 'pruned'): Outcome => ({
      kind: 'exited',
      exitCode: 143,
      finishedAtMs: T0 + 5,
      logTail: [],
      stoppedFor,
    });
    const study = await newStudy(one());
    const executor = new ScriptedExecutor(({ attempt }, hooks) => {
      hooks.report([loss(1, 1)]);
      return attempt === 1 ? stopped('interrupted') : done;
    });
    await sweep(study, executor);
    expect(await results(study)).toEqual(['complete 1']);
    expect(await judged([loss(1, 7)], stopped('pruned'))).toMatchObject({ state: 'pruned', values: [7] });
  });

  test.each<[string, Outcome]>([
    ['an unknown end without the objective', unknown],
    ['a launch that was revoked', { kind: 'not-started', reason: 'launch revoked', fatal: false }],
  ])('%s is tried again, with the same trial and seed', async (_, outcome) => {
    const study = await newStudy(one());
    const executor = new ScriptedExecutor(({ attempt }, hooks) => {
      if (attempt < LOST_ATTEMPTS_LIMIT) return outcome;
      hooks.report([loss(1, 4)]);
      return done;
    });
    const { events } = await sweep(study, executor);
    expect(executor.started.map(({ trial, attempt }) => [trial, attempt])).toEqual([
      [0, 1],
      [0, 2],
      [0, 3],
    ]);
    expect(new Set(executor.started.map(({ seed }) => seed)).size).toBe(1);
    expect(await results(study)).toEqual(['complete 4']);
    expect(events.filter(({ type }) => type === 'trial-requeued')).toHaveLength(2);
  });

  test.each<[string, Outcome]>([
    ['an unknown end', unknown],
    ['a launch that never comes about', { kind: 'not-started', reason: 'no pid', fatal: false }],
  ])('%s is not tried for ever', async (_, outcome) => {
    const study = await newStudy(one());
    const executor = new ScriptedExecutor(() => outcome);
    await sweep(study, executor);
    expect(executor.started).toHaveLength(LOST_ATTEMPTS_LIMIT);
    expect(await results(study)).toEqual(['fail']);
  });

  test('a launch that cannot work fails at once', async () => {
    const reason = "the trainer's program x does not exist";
    expect(await judged([], { kind: 'not-started', reason, fatal: true })).toMatchObject({
      state: 'fail',
      reason,
    });
  });
});

/** A study whose only trial runs under an orchestrator that is dead, with these steps stored. */
async function orphaned(stored: readonly MetricPoint[], more: Partial<StudySpec> = {}): Promise<Study> {
  const study = await newStudy(one(more), await opened());
  const asked = await study.ask(newAttempt(DEAD_OWNER), T0);
  if ('exhausted' in asked) throw new Error('exhausted');
  const points = stored.map((point) => ({ ...point, objective: true }));
  expect(await study.report(asked.trial.id, asked.attempt?.id ?? null, points)).toBe(true);
  return study;
}

describe('an attempt of a dead orchestrator', () => {
  test('is reattached without a second start, and every report comes again without harm', async () => {
    const study = await orphaned([loss(1, 3), loss(2, 2)]);
    const executor = new ScriptedExecutor((_, hooks) => {
      hooks.report([loss(1, 3)]);
      hooks.report([loss(2, 2), loss(3, 1)]);
      return done;
    });
    const { events } = await sweep(study, executor);
    expect(executor.started).toEqual([]);
    expect(executor.resumed).toMatchObject([
      { trial: 0, attempt: 1, token: 'token', handle: '0-1', params: { n: 1 } },
    ]);
    expect(events[0]).toMatchObject({ type: 'trial-started', trial: 0, attempt: 1, reattached: true });
    expect(await results(study)).toEqual(['complete 1']);
    expect((await rows(study))[0]).toMatchObject({ attempt: 1, epochs: 3 });
  });

  test('that never started is started again by a new attempt', async () => {
    const study = await orphaned([]);
    const executor = new ScriptedExecutor(({ attempt }, hooks) => {
      if (attempt === 1) return { kind: 'not-started', reason: 'launch revoked', fatal: false };
      hooks.report([loss(1, 1)]);
      return done;
    });
    await sweep(study, executor);
    expect([executor.resumed.length, executor.started.length]).toEqual([1, 1]);
    expect(await results(study)).toEqual(['complete 1']);
  });

  test('whose orchestrator lives is left to it', async () => {
    const study = await newStudy(makeSpec([{ name: 'n', distribution: int(1, 2) }]));
    await study.ask(newAttempt(study.owner), T0);
    const executor = new ScriptedExecutor(trains(() => 1));
    await sweep(study, executor);
    expect(executor.resumed).toEqual([]);
    expect(executor.started.map(({ trial }) => trial)).toEqual([1]);
    expect(await results(study)).toEqual(['running', 'complete 1']);
  });

  test('more of them than slots are followed all, and nothing new starts until there is room', async () => {
    const study = await newStudy(makeSpec([{ name: 'n', distribution: int(1, 5) }]));
    for (let k = 0; k < 3; k++) await study.ask(newAttempt(DEAD_OWNER), T0);
    let newWhileFull = 0;
    const executor = new ScriptedExecutor(async (attempt, hooks) => {
      if (attempt.trial > 2 && executor.running > 2) newWhileFull++;
      for (let k = 0; k <= attempt.trial * 3; k++) await turn();
      hooks.report([loss(1, 1)]);
      return done;
    });
    await sweep(study, executor, { slots: 2 });
    expect(executor.resumed).toHaveLength(3);
    expect(executor.started).toHaveLength(2);
    expect(executor.mostRunning).toBe(3);
    expect(newWhileFull).toBe(0);
  });
});

test('an attempt that another process finished in the meantime is given up', async () => {
  const study = await newStudy(makeSpec([{ name: 'n', distribution: int(1, 2) }]));
  const executor: ScriptedExecutor = new ScriptedExecutor(async ({ trial }, hooks) => {
    if (trial > 0) return trains(() => 2)(executor.started[1] as never, hooks);
    const [unfinished] = await study.storage.unfinished(study.id);
    const ending = {
      state: 'fail',
      values: null,
      exitCode: null,
      reason: 'by hand',
      finishedAtMs: T0,
    } as const;
    await study.tell(unfinished?.trial.id ?? -1, unfinished?.attempt?.id ?? null, ending);
    hooks.report([loss(1, 1)]);
    await untilStopped(hooks);
    return failed(143);
  });
  const { events } = await sweep(study, executor);
  expect(await results(study)).toEqual(['fail', 'complete 2']);
  expect((await rows(study))[0]).toMatchObject({ reason: 'by hand', epochs: 0 });
  expect(events).toContainEqual({ type: 'trial-taken-over', trial: 0 });
});

test('a stop that was asked for prunes a trial with a value, and fails one without', async () => {
  for (const [points, result] of [
    [[loss(1, 5), loss(2, Number.NaN)], 'pruned 5'],
    [[], 'fail'],
  ] as const) {
    const study = await newStudy(one());
    const executor = new ScriptedExecutor(async (_, hooks) => {
      hooks.report(points);
      const [unfinished] = await study.storage.unfinished(study.id);
      await study.storage.requestStop(unfinished?.attempt?.id ?? -1, true);
      return failed(143);
    });
    await sweep(study, executor);
    expect(await results(study)).toEqual([result]);
    expect((await rows(study))[0]?.reason).toBe('stopped by hpo stop');
  }
});
