import { describe, expect, test } from 'vitest';
import { int } from '../../src/core/distribution.js';
import { mayResume, reopenFailed } from '../../src/study/reopen-failed.js';
import { failed, makeSpec, newAttempt, newStudy, ScriptedExecutor, sweep } from './harness.js';

/** A study whose only trial failed after its trainer reported steps, numbered by itself or by hpo. */
async function withFailedTrial(counted: boolean) {
  const study = await newStudy(makeSpec([{ name: 'n', distribution: int(1, 1) }]));
  const executor = new ScriptedExecutor((_, { report }) => {
    const point = { name: 'loss', step: 1, value: 5 };
    report([counted ? { ...point, counted: true } : point]);
    return failed();
  });
  await sweep(study, executor, { budget: 1 });
  const { storage } = study;
  const [trial] = (await storage.changes(study.id, { configId: 0, trialId: 0, unfinished: [] })).trials;
  if (!trial) throw new Error('no trial');
  return { study, storage, trial };
}

const yes = async () => true;
const no = async () => false;

describe('a failed trial that is queued again', () => {
  test.each([
    ['keeps its reports when it has a checkpoint', false, yes, true],
    ['loses them without a checkpoint', false, no, false],
    ['loses those whose steps hpo counted: nobody knows where the next attempt resumes', true, yes, false],
  ])('%s', async (_, counted, hasCheckpoint, isKept) => {
    const { study, storage, trial } = await withFailedTrial(counted);
    expect(await mayResume(storage, trial, hasCheckpoint)).toBe(isKept);
    expect(await reopenFailed(storage, trial, hasCheckpoint)).toBe(true);
    expect(await storage.metrics(study.id, 0)).toHaveLength(isKept ? 1 : 0);
    expect(await reopenFailed(storage, trial, hasCheckpoint)).toBe(false);
  });

  test('keeps what earlier attempts reported when its last one ended before its first report', async () => {
    const { study, storage, trial } = await withFailedTrial(false);
    await reopenFailed(storage, trial, yes);
    const again = await storage.restart(trial.id, {
      fromAsker: null,
      attempt: { ...newAttempt(study.owner), token: 'second' },
    });
    const ended = { exitCode: null, reason: 'lost', cause: 'interrupted', finishedAtMs: 5 } as const;
    const keepSteps = await mayResume(storage, trial, yes);
    await storage.requeue(again?.attempt?.id ?? 0, { ...ended, keepSteps });
    expect(await storage.metrics(study.id, 0)).toHaveLength(1);
  });
});
