import { describe, expect, test } from 'vitest';
import { int } from '../../src/core/distribution.js';
import { parseLine } from '../../src/protocol/metric.js';
import { StepTracker } from '../../src/protocol/steps.js';
import type { Study } from '../../src/study/study.js';
import { NO_FAILURE_RULES } from '../../src/study/sweep/failures.js';
import { Checkpointing } from './checkpointing.js';
import { done, failed, makeSpec, newStudy, rows, sweep } from './harness.js';

/** Runs one trial whose attempts print these lines, read as hpo reads them; all but the last die. */
async function attempts(reduce: 'last' | 'mean', ...printed: readonly (readonly string[])[]): Promise<Study> {
  const objectives = [{ metric: 'loss', direction: 'minimize', reduce }] as const;
  const study = await newStudy(makeSpec([{ name: 'n', distribution: int(1, 1) }], { objectives }));
  const executor = new Checkpointing(({ trial, attempt, inheritedMetrics: stepped }, hooks) => {
    executor.saved.set(trial, 1);
    const tracker = new StepTracker(stepped);
    for (const line of printed[attempt - 1] ?? []) {
      const parsed = parseLine(`METRIC ${line}`);
      if (parsed.kind === 'log') throw new Error(`no metric: ${line}`);
      hooks.report(tracker.track(parsed.entries).points);
    }
    return attempt < printed.length ? failed() : done;
  });
  await sweep(study, executor, { failures: { ...NO_FAILURE_RULES, retries: printed.length } });
  return study;
}

async function told(study: Study): Promise<string[]> {
  const metrics = await study.storage.metrics(study.id, 0);
  return metrics.map(({ name, step, value }) => `${name} ${step ?? 'final'} ${value}`);
}

const EPOCHS = ['epoch=1 loss=4', 'epoch=2 loss=3'];

describe('a trial that goes on', () => {
  test('and has only its final value to tell has just that in place of the one before', async () => {
    const study = await attempts('last', [...EPOCHS, 'loss=9'], ['loss=2']);
    expect(await told(study)).toEqual(['loss final 2', 'loss 1 4', 'loss 2 3']);
    expect((await rows(study))[0]).toMatchObject({ values: [2], epochs: 2 });
  });

  test('and that tells of its size first, without a step, keeps its epochs', async () => {
    const size = ['size=100'];
    const study = await attempts('mean', [...size, ...EPOCHS], [...size, 'epoch=2 loss=1', 'epoch=3 loss=1']);
    expect(await told(study)).toEqual(['loss 1 4', 'loss 2 1', 'loss 3 1', 'size 1 100']);
    expect((await rows(study))[0]?.values).toEqual([2]);
  });

  test('and that tells of its size first keeps its own, though it comes to a lower step after that', async () => {
    const lines = ['size=100', 'epoch=1 loss=4', 'epoch=0 loss=5'];
    for (const run of [[lines], [EPOCHS, lines]]) {
      const study = await attempts('last', ...run);
      expect(await told(study)).toEqual(['loss 0 5', 'loss 1 4', 'size 1 100']);
    }
  });

  test('with an objective whose steps nobody named keeps those of this attempt', async () => {
    const study = await attempts('mean', ['epoch=1 rate=1'], ['loss=4', 'epoch=1 rate=2', 'loss=2']);
    expect(await told(study)).toEqual(['loss 1 4', 'loss 2 2', 'rate 1 2']);
    expect((await rows(study))[0]?.values).toEqual([3]);
    const [trial] = (await study.view()).configs.flatMap(({ trials }) => trials);
    expect(trial?.steps.size).toBe(2);
  });

  test('that names no steps begins anew: nobody could tell where it goes on', async () => {
    const study = await attempts('mean', ['loss=4', 'loss=3', 'loss=2'], ['loss=1', 'loss=3']);
    expect(await told(study)).toEqual(['loss 1 1', 'loss 2 3']);
    const [trial] = (await study.view()).configs.flatMap(({ trials }) => trials);
    expect([...(trial?.steps ?? [])]).toEqual([
      [1, 1],
      [2, 3],
    ]);
    expect((await rows(study))[0]?.values).toEqual([2]);
  });

  test('counts the steps of another metric anew, and keeps none of them', async () => {
    const rate = (value: number) => `rate=${value}`;
    const study = await attempts(
      'mean',
      [rate(1), 'epoch=1 loss=4', rate(2), 'epoch=2 loss=3', rate(3)],
      [rate(4), 'epoch=3 loss=2'],
    );
    expect(await told(study)).toEqual(['loss 1 4', 'loss 2 3', 'loss 3 2', 'rate 1 4']);
  });
});
