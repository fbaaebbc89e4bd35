import { expect, test } from 'vitest';
import { createStudy, float, type Logger, loadStudy } from '../../src/index.js';
import { closing, sqliteUrl } from './support.js';

const space = { x: float(0, 1) };
const common = { direction: 'minimize', space, sampler: 'random' } as const;

/** Better in the first trials, the same afterwards. */
const improvesUntil = (last: number) => (trial: { readonly number: number }) =>
  Math.max(0, last - trial.number);

test('a sweep ends after as many trials without an improvement', async () => {
  const study = await closing(createStudy(common));
  const ended = await study.optimize(improvesUntil(3), { trials: 50, patience: 5 });
  expect(ended).toEqual({
    end: 'patience',
    detail: '5 complete trials without an improvement since trial 3 (patience 5)',
  });
  expect(await study.trials()).toHaveLength(9);
});

test('a resumed sweep counts on from the history, and continues with more patience', async () => {
  const storage = sqliteUrl();
  {
    await using study = await createStudy({ ...common, name: 's', storage });
    await study.optimize(improvesUntil(1), { trials: 4, patience: 5 });
  }
  await using study = await loadStudy({ name: 's', storage });
  expect((await study.optimize(improvesUntil(1), { trials: 50, patience: 5 })).end).toBe('patience');
  expect(await study.trials()).toHaveLength(7);
  expect((await study.optimize(improvesUntil(1), { trials: 50, patience: 5 })).end).toBe('patience');
  expect(await study.trials()).toHaveLength(7);
  await study.optimize(improvesUntil(1), { trials: 50, patience: 8 });
  expect(await study.trials()).toHaveLength(10);
});

test('failed trials do not count, and an improvement of a running one continues the sweep', async () => {
  const study = await closing(createStudy(common));
  const values = [5, Number.NaN, Number.NaN, 5, 5, 1, 5, 5, 5];
  const ended = await study.optimize(({ number }) => values[number] ?? 5, { trials: 50, patience: 3 });
  expect(ended.detail).toContain('3 complete trials without an improvement since trial 5');
  expect(await study.trials()).toHaveLength(9);
});

test('with several objectives a changed front is an improvement; repeats count as trials', async () => {
  const several = await closing(
    createStudy({ objectives: { a: 'minimize', b: 'minimize' }, space, sampler: 'random' }),
  );
  const front = [
    [1, 3],
    [3, 1],
    [2, 2],
  ] as const;
  const of = ({ number }: { readonly number: number }) => {
    const [a, b] = front[number] ?? [9, 9];
    return { a, b };
  };
  expect((await several.optimize(of, { trials: 50, patience: 4 })).detail).toContain('since trial 2');
  expect(await several.trials()).toHaveLength(7);
  const repeated = await closing(createStudy({ ...common, repeats: 2 }));
  await repeated.optimize(({ number }) => (number < 2 ? 0 : 1), { trials: 50, patience: 4 });
  expect(await repeated.trials()).toHaveLength(6);
});

test('it is a whole number of at least 1', async () => {
  const study = await closing(createStudy(common));
  for (const patience of [0, 1.5, Number.NaN])
    await expect(study.optimize(() => 1, { trials: 1, patience })).rejects.toThrow('patience');
});

test('a terminator tells what it expects to gain, and below which gain it ends the sweep', async () => {
  const gains: unknown[] = [];
  const study = await closing(
    createStudy({ ...common, sampler: 'gp', terminator: { name: 'improvement', min_trials: 12 } }),
  );
  const logger: Logger = {
    open: async () => {},
    on: (event) => {
      if (event.type === 'terminator-judged' && event.gain !== null) gains.push(event.gain);
    },
    flush: async () => {},
    close: async () => {},
  };
  await study.optimize(({ params }) => (params.x - 0.3) ** 2, { trials: 14, loggers: [logger] });
  expect(gains.length).toBeGreaterThan(0);
  const amount = expect.any(Number) as number;
  expect(gains[0]).toEqual({ improvement: amount, limit: amount });
});
