import { expect, test } from 'vitest';
import { int } from '../../../src/core/distribution.js';
import type { Study } from '../../../src/study/study.js';
import { bestTrials, removeFinishedCheckpoints } from '../../../src/study/sweep/finished-checkpoints.js';
import type { ViewTrial } from '../../../src/study/view-trial.js';
import { makeSpec, newStudy, reopened, ScriptedExecutor, sweep, tempDir, trains } from '../harness.js';
import { makePausedStudy } from '../paused-study.js';

const trial = (number: number, values: readonly number[] | null, more: Partial<ViewTrial> = {}): ViewTrial =>
  ({
    id: number,
    number,
    state: 'complete',
    values,
    steps: new Map(),
    violations: [],
    pausedAt: null,
    ...more,
  }) as ViewTrial;

test('the best are complete and feasible; NaN is the worst, and at a tie the older one is better', () => {
  const trials = [
    trial(0, [3]),
    trial(1, [0], { state: 'pruned' }),
    trial(2, [Number.NaN]),
    trial(3, [1], { violations: [2] }),
    trial(4, [2]),
    trial(5, [2]),
    trial(6, null, { state: 'fail' }),
  ];
  expect(bestTrials(trials, ['minimize'], 2)).toEqual([4, 5]);
  expect(bestTrials(trials, ['maximize'], 1)).toEqual([0]);
  expect(bestTrials(trials, ['minimize'], 9)).toEqual([4, 5, 0, 2]);
  expect(bestTrials(trials, ['minimize'], 0)).toEqual([]);
});

test('of several objectives the fronts count, and within one the most isolated trials', () => {
  const trials = [trial(0, [5, 5]), trial(1, [1, 4]), trial(2, [2, 3.9]), trial(3, [4, 1])];
  expect(bestTrials(trials, ['minimize', 'minimize'], 2)).toEqual([1, 3]);
  expect(bestTrials(trials, ['minimize', 'minimize'], 4).at(-1)).toBe(0);
});

/** Returns the trials whose checkpoints are removed where those of the best one are kept, and three have some. */
async function removedIn(study: Study): Promise<readonly number[]> {
  const removed: number[] = [];
  const checkpoints = {
    kept: 1,
    trials: async () => [0, 1, 2],
    exist: async () => true,
    look: async () => ({ stamp: '', isOpen: () => false }),
    hold: async () => null,
    copy: async () => true,
    discard: async ({ trial: number }: { readonly trial: number }) => void removed.push(number),
  };
  await removeFinishedCheckpoints({ study, executor: { kind: 'local', checkpoints }, emit: () => {} });
  return removed;
}

test('of complete trials all but the best lose their checkpoints, and paused ones keep theirs', async () => {
  const complete = await newStudy(makeSpec([{ name: 'x', distribution: int(0, 2) }]));
  await sweep(complete, new ScriptedExecutor(trains(({ x }) => Number(x))));
  expect(await removedIn(complete)).toEqual([1, 2]);
  const url = `sqlite:${tempDir()}/study.db`;
  await makePausedStudy(url);
  expect(await removedIn(await reopened(url))).toEqual([]);
});
