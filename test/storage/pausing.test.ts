import { expect, test } from 'vitest';
import { readTrialRow } from '../../src/storage/trial-row.js';
import { loss, running } from './running-trial.js';
import { attemptOf, describeStorages, ending, newAttempt, T0 } from './support.js';

describeStorages('AttemptStore: paused trials', (open) => {
  test('a paused trial keeps its reports, runs nowhere, and is continued to another step', async () => {
    const storage = await open();
    const { study, trialId, attemptId, steps } = await running(storage);
    await storage.report(trialId, attemptId, [loss(1, 3), loss(2, 2), loss(null, 2)]);
    const paused = { exitCode: 0, reason: 'paused', cause: 'paused' as const, finishedAtMs: T0 + 5 };
    expect(await storage.requeue(attemptId, { ...paused, keepSteps: true, pausedAt: 2 })).toBe(true);
    const [waiting] = await storage.unfinished(study.id);
    expect(waiting).toMatchObject({
      trial: { state: 'running', pausedAt: 2 },
      attempt: { cause: 'paused', settled: false },
    });
    expect(await readTrialRow(storage, study.id, 0)).toMatchObject({ queued: false, pausedAt: 2 });
    const attempt = { ...newAttempt(), targetStep: (number: number) => number + 4 };
    const continued = await storage.restart(trialId, { fromAsker: null, attempt });
    expect(continued).toMatchObject({ trial: { pausedAt: null }, attempt: { attempt: 2, targetStep: 4 } });
    expect(await steps()).toEqual([
      [1, 3],
      [2, 2],
    ]);
    expect(await readTrialRow(storage, study.id, 0)).toMatchObject({ queued: false, pausedAt: null });
  });

  test('a paused trial ends without an attempt, once', async () => {
    const storage = await open();
    const { study, trialId, attemptId } = await running(storage);
    await storage.report(trialId, attemptId, [loss(1, 3)]);
    const paused = { exitCode: 0, reason: 'paused', cause: 'paused' as const, finishedAtMs: T0 + 5 };
    await storage.requeue(attemptId, { ...paused, keepSteps: true, pausedAt: 1 });
    const dropped = ending({ state: 'pruned', values: [3], reason: 'not continued' });
    expect(await storage.finish(trialId, null, dropped)).toBe(true);
    expect(await storage.finish(trialId, null, dropped)).toBe(false);
    expect(await readTrialRow(storage, study.id, 0)).toMatchObject({
      state: 'pruned',
      values: [3],
      pausedAt: null,
    });
    expect(await storage.restart(trialId, { fromAsker: null, attempt: newAttempt() })).toBeNull();
  });

  test('its time is that of the attempts that count, and it is counted as paused until it is continued', async () => {
    const storage = await open();
    const { trialId, attemptId, study } = await running(storage);
    const row = () => readTrialRow(storage, study.id, 0);
    const pausedTrials = async () => (await storage.listStudies()).map((each) => each.pausedTrials);
    expect(await row()).toMatchObject({ ranMs: 0, spentMs: 0, pausedSinceMs: null });
    expect(await pausedTrials()).toEqual([0]);
    const paused = { exitCode: 0, reason: 'paused', cause: 'paused' as const, keepSteps: true };
    await storage.requeue(attemptId, { ...paused, finishedAtMs: T0 + 5, pausedAt: 1 });
    expect(await row()).toMatchObject({ ranMs: 5, spentMs: 5, pausedSinceMs: T0 + 5 });
    expect(await pausedTrials()).toEqual([1]);
    const again = async (startedAtMs: number) => {
      const attempt = { ...newAttempt(), startedAtMs };
      return attemptOf(await storage.restart(trialId, { fromAsker: null, attempt }));
    };
    const second = await again(T0 + 100);
    expect(await row()).toMatchObject({ ranMs: 5, spentMs: 5, pausedSinceMs: null });
    expect(await pausedTrials()).toEqual([0]);
    // The work of a crash is lost: it was spent and does not count.
    const crash = { exitCode: 1, reason: 'crash', cause: 'failed' as const, keepSteps: true };
    await storage.requeue(second, { ...crash, finishedAtMs: T0 + 120 });
    const third = await again(T0 + 200);
    await storage.finish(trialId, third, ending({ values: [1], finishedAtMs: T0 + 207 }));
    expect(await row()).toMatchObject({ state: 'complete', ranMs: 12, spentMs: 32, pausedSinceMs: null });
  });

  test('a paused trial of a copied file is queued without reports: its checkpoint belongs to the original', async () => {
    const storage = await open();
    const { study, trialId, attemptId, steps } = await running(storage);
    await storage.report(trialId, attemptId, [loss(1, 3)]);
    const ended = { exitCode: 0, reason: 'paused', cause: 'paused' as const, finishedAtMs: T0 + 5 };
    await storage.requeue(attemptId, { ...ended, keepSteps: true, pausedAt: 1 });
    const [listed] = await storage.listStudies();
    expect(await storage.separateCopy(study.id, listed?.uid ?? '', ended)).toMatchObject({ requeued: 1 });
    expect(await readTrialRow(storage, study.id, 0)).toMatchObject({
      queued: true,
      pausedAt: null,
      epochs: 0,
    });
    expect(await steps()).toEqual([]);
  });
});
