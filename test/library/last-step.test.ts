import { expect, test } from 'vitest';
import { createStudy, float, type PrunerSpec } from '../../src/index.js';
import { closing } from './support.js';

const makeStudy = (pruner: PrunerSpec) =>
  closing(createStudy({ direction: 'minimize', sampler: 'random', space: { x: float(0, 1) }, pruner }));

test('of trials that run side by side none is pruned at its last step, though no complete trial tells how long they are', async () => {
  const study = await makeStudy({ name: 'asha', minResource: 3 });
  const trials = [await study.ask(), await study.ask(), await study.ask(), await study.ask()];
  for (const step of [1, 2, 3]) {
    for (const trial of trials) {
      trial.report(trial.number, step);
      expect(await trial.shouldPrune()).toBe(false);
    }
  }
});

test('a trial behind is pruned at a rung once another one has gone past it', async () => {
  const study = await makeStudy({ name: 'asha', minResource: 3 });
  const [ahead, behind] = [await study.ask(), await study.ask()];
  for (const step of [1, 2, 3, 4]) ahead.report(0, step);
  await ahead.shouldPrune();
  for (const step of [1, 2]) behind.report(1, step);
  expect(await behind.shouldPrune()).toBe(false);
  behind.report(1, 3);
  expect(await behind.shouldPrune()).toBe(true);
});

test('after a complete trial none is pruned at the last step of that one', async () => {
  const study = await makeStudy({ name: 'median', startupTrials: 1 });
  const values = async (reported: readonly number[]) => {
    const trial = await study.ask();
    for (const [k, value] of reported.entries()) trial.report(value, k + 1);
    return trial;
  };
  await study.tell(await values([5, 5, 0]), 0);
  expect(await (await values([1, 1, 1])).shouldPrune()).toBe(false);
  expect(await (await values([1, 9])).shouldPrune()).toBe(false);
  expect(await (await values([9, 9])).shouldPrune()).toBe(true);
});
