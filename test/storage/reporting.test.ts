import { expect, test } from 'vitest';
import type { OpenedTrial } from '../../src/storage/storage.js';
import { readTrialRow } from '../../src/storage/trial-row.js';
import { attemptIn } from './lookups.js';
import { loss, running } from './running-trial.js';
import { ask, attemptOf, describeStorages, ending, newAttempt, newStudy, newTrial, T0 } from './support.js';

const accuracy = (step: number | null, value: number) => ({
  name: 'accuracy',
  step,
  value,
  objective: false,
});
const crashed = { exitCode: 1, reason: 'crashed', cause: 'failed' as const, finishedAtMs: T0 + 5 };

describeStorages('AttemptStore: reports and ends', (open) => {
  test('reports are upserts by metric and step; the objective by step is what a trial shows', async () => {
    const storage = await open();
    const { study, trialId, attemptId, steps } = await running(storage);
    const points = [loss(2, Number.NaN), accuracy(2, 0.1), loss(0, 3), loss(1, Number.POSITIVE_INFINITY)];
    expect(await storage.report(trialId, attemptId, points)).toBe(true);
    expect(await storage.report(trialId, attemptId, [loss(0, 2.5), accuracy(null, 0.9), loss(null, 7)])).toBe(
      true,
    );
    expect(await steps()).toEqual([
      [0, 2.5],
      [1, Number.POSITIVE_INFINITY],
      [2, Number.NaN],
    ]);
    expect((await storage.columns(study.id)).metrics).toEqual(['accuracy', 'loss']);
    expect(await storage.metrics(study.id, 0)).toEqual([
      { name: 'accuracy', step: null, value: 0.9 },
      { name: 'accuracy', step: 2, value: 0.1 },
      { name: 'loss', step: null, value: 7 },
      { name: 'loss', step: 0, value: 2.5 },
      { name: 'loss', step: 1, value: Number.POSITIVE_INFINITY },
      { name: 'loss', step: 2, value: Number.NaN },
    ]);
    expect(await readTrialRow(storage, study.id, 0)).toMatchObject({
      metrics: { accuracy: 0.9, loss: 7 },
      epochs: 3,
    });
  });

  test('a step that is no whole number is refused and nothing of the report is kept', async () => {
    const storage = await open();
    const { trialId, attemptId, steps } = await running(storage);
    const bad = storage.report(trialId, attemptId, [loss(0, 1), loss(0.5, 1)]);
    await expect(bad).rejects.toMatchObject({ code: 'storage.bad-step' });
    await expect(storage.report(trialId, attemptId, [loss(-1, 1)])).rejects.toMatchObject({
      code: 'storage.bad-step',
    });
    expect(await steps()).toEqual([]);
  });

  test('only the current attempt of a running trial reports', async () => {
    const storage = await open();
    const { trialId, attemptId, steps } = await running(storage);
    expect(await storage.report(trialId, null, [loss(0, 1)])).toBe(false);
    expect(await storage.report(trialId, attemptId + 1, [loss(0, 1)])).toBe(false);
    await storage.requeue(attemptId, crashed);
    expect(await storage.report(trialId, attemptId, [loss(0, 1)])).toBe(false);
    await storage.restart(trialId, { fromAsker: null, attempt: newAttempt() });
    expect(await storage.report(trialId, attemptId, [loss(0, 1)])).toBe(false);
    expect(await steps()).toEqual([]);
  });

  test('samples of GPU use add up over a takeover, for the current attempt alone, and go with it', async () => {
    const storage = await open();
    const { study, trialId, attemptId } = await running(storage);
    const sample = (percent: number, memoryMiB: number | null = null) => ({
      cardUtilizationPercent: percent,
      memoryMiB,
      cardMemoryMiB: null,
      shared: false,
    });
    const use = async () => (await readTrialRow(storage, study.id, 0))?.gpuUse;
    expect([await use(), (await storage.columns(study.id)).gpuUse]).toEqual([null, false]);
    expect(await storage.recordGpuUsage(trialId, attemptId + 1, sample(1))).toBe(false);
    expect(await storage.recordGpuUsage(trialId, attemptId, sample(10, 300))).toBe(true);
    await storage.takeOverAttempt(attemptId, 'me', 'you');
    expect(await storage.recordGpuUsage(trialId, attemptId, sample(20))).toBe(true);
    expect(await use()).toEqual({
      cardUtilizationPercent: { mean: 15, max: 20, samples: 2 },
      memoryMiB: { mean: 300, max: 300, samples: 1 },
      cardMemoryMiB: null,
      shared: false,
    });
    expect((await storage.columns(study.id)).gpuUse).toBe(true);
    // What the next attempt uses is told anew.
    await storage.requeue(attemptId, crashed);
    expect([await use(), (await storage.columns(study.id)).gpuUse]).toEqual([null, false]);
    expect(await storage.recordGpuUsage(trialId, attemptId, sample(30))).toBe(false);
    const next = attemptOf(
      (await storage.restart(trialId, { fromAsker: null, attempt: newAttempt() })) as OpenedTrial,
    );
    await storage.recordGpuUsage(trialId, next, sample(40));
    await storage.finish(trialId, next, ending());
    expect(await storage.recordGpuUsage(trialId, next, sample(50))).toBe(false);
    expect((await use())?.cardUtilizationPercent).toEqual({ mean: 40, max: 40, samples: 1 });
  });

  test('a tell ends the trial once, and its attempt with it', async () => {
    const storage = await open();
    const { study, trialId, attemptId, steps } = await running(storage);
    await storage.report(trialId, attemptId, [loss(3, 0.7)]);
    expect(await storage.finish(trialId, null, ending())).toBe(false);
    expect(await storage.finish(trialId, attemptId + 1, ending())).toBe(false);
    expect(await storage.finish(trialId, attemptId, ending({ values: [Number.NEGATIVE_INFINITY] }))).toBe(
      true,
    );
    expect(await storage.finish(trialId, attemptId, ending({ state: 'fail', values: null }))).toBe(false);
    expect(await storage.report(trialId, attemptId, [loss(4, 1)])).toBe(false);
    expect(await storage.requeue(attemptId, crashed)).toBe(false);
    expect(await storage.reopen(trialId)).toBe(false);
    expect(await steps()).toEqual([[3, 0.7]]);
    expect(await storage.unfinished(study.id)).toEqual([]);
    expect(await attemptIn(storage, attemptId)).toMatchObject({
      finishedAtMs: T0 + 1500,
      ...{ exitCode: 0, reason: null, cause: 'completed' },
    });
    expect(await readTrialRow(storage, study.id, 0)).toEqual({
      id: trialId,
      number: 0,
      configuration: 0,
      attempt: 1,
      state: 'complete',
      queued: false,
      pausedAt: null,
      parent: null,
      seed: 1000,
      device: 'cpu',
      handle: 'out/trial-0/1',
      values: [Number.NEGATIVE_INFINITY],
      violations: [],
      params: { lr: 0.1 },
      forced: {},
      metrics: { loss: 0.7 },
      epochs: 1,
      gpuUse: null,
      note: null,
      tags: [],
      hidden: false,
      startedAtMs: T0,
      finishedAtMs: T0 + 1500,
      ranMs: 1500,
      pausedSinceMs: null,
      spentMs: 1500,
      exitCode: 0,
      reason: null,
      cause: 'completed',
    });
  });

  test('values must fit the study: one per objective and no NaN; a failure has none', async () => {
    const storage = await open();
    const { study, trialId, attemptId } = await running(storage);
    for (const values of [null, [], [1, 2], [Number.NaN]]) {
      const told = storage.finish(trialId, attemptId, ending({ values }));
      await expect(told).rejects.toMatchObject({ code: 'storage.bad-values' });
    }
    expect(
      await storage.finish(trialId, attemptId, ending({ state: 'fail', values: [1], reason: 'no loss' })),
    ).toBe(true);
    expect(await readTrialRow(storage, study.id, 0)).toMatchObject({
      state: 'fail',
      values: null,
      reason: 'no loss',
    });
  });

  test('a pruned trial keeps its last value, or none', async () => {
    const storage = await open();
    const { study, trialId, attemptId } = await running(storage);
    await storage.finish(trialId, attemptId, ending({ state: 'pruned', values: [3] }));
    const other = await ask(storage, study.id, { lr: 0.2 });
    await storage.finish(other.trial.id, attemptOf(other), ending({ state: 'pruned', values: null }));
    const rows = await storage.rows(study.id, 0, 10);
    expect(rows.map((row) => [row.state, row.values])).toEqual([
      ['pruned', [3]],
      ['pruned', null],
    ]);
  });

  test('a trial that was asked for without an attempt is finished without one', async () => {
    const storage = await open();
    const study = await newStudy(storage);
    const asked = await ask(storage, study.id, { lr: 0.1 }, newTrial(0, null));
    expect(await readTrialRow(storage, study.id, 0)).toMatchObject({
      attempt: 0,
      queued: false,
      state: 'running',
    });
    expect(await storage.report(asked.trial.id, null, [loss(0, 1)])).toBe(true);
    expect(
      await storage.finish(asked.trial.id, null, ending({ state: 'fail', values: null, reason: 'gave up' })),
    ).toBe(true);
    expect(await readTrialRow(storage, study.id, 0)).toMatchObject({
      state: 'fail',
      reason: 'gave up',
      epochs: 1,
    });
    expect(await storage.reopen(asked.trial.id)).toBe(false);
  });

  test('a queued trial keeps number, seed and parameters; the dead attempt takes its reports along', async () => {
    const storage = await open();
    const { study, trialId, attemptId, steps } = await running(storage);
    await storage.report(trialId, attemptId, [loss(0, 1), accuracy(null, 1)]);
    expect(await storage.requeue(attemptId, crashed)).toBe(true);
    expect(await storage.requeue(attemptId, crashed)).toBe(false);
    expect(await steps()).toEqual([]);
    expect(await storage.metrics(study.id, 0)).toEqual([]);
    const queued = {
      state: 'running',
      queued: true,
      attempt: 1,
      reason: 'crashed',
      exitCode: 1,
      finishedAtMs: null,
    };
    expect(await readTrialRow(storage, study.id, 0)).toMatchObject(queued);
    await storage.restart(trialId, { fromAsker: null, attempt: newAttempt('me', T0 + 60_000) });
    const again = { state: 'running', queued: false, attempt: 2, reason: null, startedAtMs: T0 + 60_000 };
    expect(await readTrialRow(storage, study.id, 0)).toMatchObject(again);
  });

  test('a dead attempt that comes back neither reports, nor ends or queues the trial that another one does', async () => {
    const storage = await open();
    const { study, trialId, attemptId } = await running(storage);
    await storage.requeue(attemptId, crashed);
    const next = await storage.restart(trialId, { fromAsker: null, attempt: newAttempt('me', T0 + 60_000) });
    expect(await storage.report(trialId, attemptId, [loss(0, 1)])).toBe(false);
    expect(await storage.finish(trialId, attemptId, ending())).toBe(false);
    expect(await storage.requeue(attemptId, crashed)).toBe(false);
    expect(await readTrialRow(storage, study.id, 0)).toMatchObject({
      state: 'running',
      queued: false,
      attempt: 2,
    });
    expect(await storage.finish(trialId, attemptOf(next), ending())).toBe(true);
  });

  test('a failed trial is reopened clean and can be run to its end', async () => {
    const storage = await open();
    const { study, trialId, attemptId, steps } = await running(storage);
    await storage.report(trialId, attemptId, [loss(0, 1)]);
    await storage.finish(
      trialId,
      attemptId,
      ending({ state: 'fail', values: null, exitCode: 3, reason: 'crashed' }),
    );
    expect(await storage.reopen(trialId)).toBe(true);
    expect(await storage.reopen(trialId)).toBe(false);
    expect(await steps()).toEqual([]);
    expect(await readTrialRow(storage, study.id, 0)).toMatchObject({
      state: 'running',
      queued: true,
      finishedAtMs: null,
    });
    const again = await storage.restart(trialId, { fromAsker: null, attempt: newAttempt() });
    expect(await storage.finish(trialId, attemptOf(again), ending())).toBe(true);
    expect(await readTrialRow(storage, study.id, 0)).toMatchObject({
      state: 'complete',
      attempt: 2,
      exitCode: 0,
      reason: null,
    });
  });

  test('a running attempt changes hands by compare-and-set, and can be asked to stop', async () => {
    const storage = await open();
    const { study, trialId, attemptId } = await running(storage);
    expect(await storage.takeOverAttempt(attemptId, 'someone', 'heir')).toBe(false);
    expect(await storage.takeOverAttempt(attemptId, 'me', 'heir')).toBe(true);
    expect(await storage.takeOverAttempt(attemptId, 'me', 'late')).toBe(false);
    expect(await storage.owners(study.id)).toEqual(['heir']);
    await storage.requestStop(attemptId, true);
    expect(await attemptIn(storage, attemptId)).toMatchObject({ owner: 'heir', stopRequested: true });
    await storage.finish(trialId, attemptId, ending());
    expect(await storage.takeOverAttempt(attemptId, 'heir', 'late')).toBe(false);
    expect(await storage.owners(study.id)).toEqual([]);
  });
});
