import { join } from 'node:path';
import { expect, test } from 'vitest';
import { categorical, float, type Params } from '../../src/core/distribution.js';
import { paramsKey } from '../../src/core/space.js';
import type { FilledConfig, Storage } from '../../src/storage/storage.js';
import { newPostgres } from '../support/postgres.js';
import { describeWithReal } from '../support/real-part.js';
import { attemptOf, ending, folder, newAttempt, newTrial, opened, T0 } from './support.js';

const NAME = 'Größe 研究 🚀 "x"; --';
const distributions = {
  'lr/µ': float(-1, 1e308),
  zero: float(-1, 1),
  choice: categorical(['a', 1, 1.5, true, false, null, '1', 'ünï']),
  only: categorical(['when choice is a']),
};

function filled(params: Params): FilledConfig {
  return {
    params,
    forced: { fixed: 3 },
    key: paramsKey(params),
    distributions,
    attrs: { from: ['t', null] },
  };
}

/** A study with two objectives and whatever else one can hold. */
async function everything(storage: Storage): Promise<number> {
  const spec = { objectives: [{ metric: 'a' }, { metric: 'ß' }], note: '\u2028 \\ \'"' };
  const { id } = await storage.createStudy({
    name: NAME,
    directions: ['minimize', 'maximize'],
    seed: 2 ** 48,
    spec,
    createdAtMs: T0,
  });
  const open = async (params: Params, limit = newTrial()) => {
    const { reservation } = await storage.reserveIndex(id, 'me');
    const made = await storage.commitConfiguration({ reservation }, filled(params), limit);
    if (!made) throw new Error('expected a new configuration');
    return made;
  };
  const extreme = await open({ 'lr/µ': 1e308, zero: -0, choice: 1, only: 'when choice is a' });
  await storage.report(extreme.trial.id, attemptOf(extreme), [
    { name: 'a', step: 0, value: Number.NaN, objective: true },
    { name: 'a', step: 1, value: Number.POSITIVE_INFINITY, objective: true },
    { name: 'a', step: 2 ** 31 - 1, value: -0, objective: true },
    { name: 'loss/µ', step: 3, value: Number.NEGATIVE_INFINITY, objective: false },
    { name: 'loss/µ', step: null, value: 5e-324, objective: false },
  ]);
  const values = [Number.POSITIVE_INFINITY, -1e308];
  await storage.finish(extreme.trial.id, attemptOf(extreme), ending({ values, violations: [0.5, -1, 0] }));
  await storage.addRepeat(extreme.config.id, newTrial(1, newAttempt('me')));
  const paused = await open({ 'lr/µ': 1e-308, zero: 0.1 + 0.2, choice: null });
  await storage.requeue(attemptOf(paused), {
    exitCode: null,
    reason: 'paused',
    cause: 'paused',
    finishedAtMs: T0 + 5,
    pausedAt: 3,
  });
  const failed = await open({ 'lr/µ': 3, zero: 1 / 3, choice: '1' });
  const bad = ending({ state: 'fail', values: null, exitCode: 137, reason: 'killed: \u0007 ☠' });
  await storage.finish(failed.trial.id, attemptOf(failed), bad);
  const changes = { note: 'a note 研究 '.repeat(400), addTags: ['täg'], removeTags: [], hidden: true };
  await storage.annotate(id, 0, changes);
  await storage.writeTrialAttributes(id, 0, { 'artifacts:x': '{"path": "a/ü"}', n: 1e308 });
  await storage.writeAttribute(id, 'ü', { deep: [1e308, -0.5, null] }, null);
  await storage.enqueue(id, [{ zero: 0.25 }]);
  return id;
}

/** All that readers see of a study, without ids. */
async function seen(storage: Storage) {
  const study = await storage.findStudy(NAME);
  const id = study?.id ?? 0;
  const trialRows = await storage.rows(id, 0, 100);
  return {
    study: study && { ...study, id: 0, uid: '' },
    rows: trialRows.map((row) => ({ ...row, id: 0 })),
    columns: await storage.columns(id),
    metrics: await storage.metricsFrom(id, 0, 100),
    attributes: [...(await storage.readTrialAttributes(id, 0, 100))],
    all: await storage.readAttributes(id),
    summary: await storage.parameterSummary(id),
    counts: await storage.count(id, ['trials', 'committed', 'external', 'repeats', 'epochs'], 2),
    unfinished: (await storage.unfinished(id)).map(({ trial, enqueued }) => ({
      trial: { ...trial, id: 0, configId: 0 },
      enqueued,
    })),
  };
}

describeWithReal('postgres', 'a study that is copied', () => {
  test('is the same after both ways, with numbers and texts at their limits, and never written over another one', async () => {
    const [first, second] = await Promise.all(
      ['first.db', 'second.db'].map(async (name) => opened(`sqlite:${join(await folder(), name)}`)),
    );
    const [there, other] = [await opened(await newPostgres()), await opened(await newPostgres())];
    if (!first || !second) throw new Error('expected two files');
    const original = await everything(first);
    const expected = await seen(first);
    expect(expected.rows.map(({ state }) => state)).toEqual([
      'complete',
      'running',
      'running',
      'fail',
      'waiting',
    ]);
    expect(expected.metrics).toHaveLength(5);
    for (const [from, to] of [
      [first, there],
      [there, other],
      [there, second],
    ] as const) {
      const { id } = (await from.findStudy(NAME)) ?? { id: original };
      await to.writeStudyRows(NAME, await from.readStudyRows(id), null);
      expect(await seen(to)).toEqual(expected);
      const again = to.writeStudyRows(NAME, await from.readStudyRows(id), null);
      await expect(again).rejects.toMatchObject({ code: 'storage.study-exists' });
      expect(await seen(to)).toEqual(expected);
    }
  });
});
