import { expect, test } from 'vitest';
import { createStudy, float } from '../../src/index.js';
import { closing } from './support.js';

const open = (repeats: number | { max: number; race?: boolean }) =>
  closing(createStudy({ direction: 'minimize', sampler: 'random', space: { x: float(0, 1) }, repeats }));

test('a race gives further seeds to configurations that may still be the best, and ends when it is decided', async () => {
  const study = await open({ max: 4 });
  const { trials, configurations } = { trials: [] as number[], configurations: 6 };
  await study.optimize(
    ({ params }) => {
      trials.push(params.x);
      return params.x;
    },
    { configurations },
  );
  expect(new Set(trials).size).toBe(6);
  expect(trials.length).toBeGreaterThan(6);
  expect(trials.length).toBeLessThan(24);
  const best = Math.min(...trials);
  expect(trials.filter((x) => x === best).length).toBeGreaterThan(1);
});

test('without a race every configuration has all repeats', async () => {
  const study = await open({ max: 2, race: false });
  await study.optimize(({ params }) => params.x, { configurations: 3 });
  expect(await study.trials()).toHaveLength(6);
});

test('names a wrong number of repeats, and two budgets at once', async () => {
  await expect(open({ max: 0 })).rejects.toMatchObject({ code: 'study.repeats', usage: true });
  const study = await open(1);
  await expect(study.optimize(() => 1, { trials: 3, configurations: 3 })).rejects.toMatchObject({
    code: 'optimize.bad-option',
    usage: true,
  });
});
