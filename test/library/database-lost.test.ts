import { rmSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createStudy, float, loadStudy } from '../../src/index.js';
import { closing, sqliteUrl } from './support.js';

test('optimize rejects when its database is deleted, with a copy that holds every trial', async () => {
  const storage = sqliteUrl();
  const options = { direction: 'minimize', sampler: 'random', space: { x: float(0, 1) } } as const;
  const study = await closing(createStudy({ ...options, name: 's', storage }));
  let calls = 0;
  const optimizing = study.optimize(
    async () => {
      calls += 1;
      if (calls === 3) rmSync(storage.replace('sqlite:', ''));
      return calls;
    },
    { trials: 10 },
  );
  const error = await optimizing.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toMatchObject({ code: 'storage.lost', copy: expect.stringMatching(/rescued-.*\.db$/) });
  expect(calls).toBe(3);
  const { copy } = error as { copy: string };
  const saved = await closing(loadStudy({ name: 's', storage: `sqlite:${copy}` }));
  expect((await saved.trials()).map(({ state, values }) => [state, values])).toEqual([
    ['complete', [1]],
    ['complete', [2]],
    ['complete', [3]],
  ]);
  await saved.optimize(() => 4, { trials: 5 });
  expect((await saved.trials()).map(({ state }) => state)).toEqual(Array(5).fill('complete'));
});

test('ask and tell reject as well, and the copy holds the reported results', async () => {
  const storage = sqliteUrl();
  const options = { direction: 'minimize', sampler: 'random', space: { x: float(0, 1) } } as const;
  const study = await closing(createStudy({ ...options, name: 's', storage }));
  const trial = await study.ask();
  rmSync(storage.replace('sqlite:', ''));
  const error = await study.tell(trial, 0.5).then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toMatchObject({ code: 'storage.lost', copy: expect.stringMatching(/rescued-.*\.db$/) });
  await expect(study.ask()).rejects.toMatchObject({ code: 'storage.lost' });
  const { copy } = error as { copy: string };
  const saved = await closing(loadStudy({ name: 's', storage: `sqlite:${copy}` }));
  expect((await saved.trials()).map(({ values }) => values)).toEqual([[0.5]]);
});
