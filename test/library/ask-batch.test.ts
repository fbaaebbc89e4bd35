import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { asha, createStudy, float, int, loadStudy } from '../../src/index.js';
import { closing, sqliteUrl } from './support.js';

const space = { x: float(-5, 5), n: int(1, 4) };

test('ask(n) returns n trials, which are recorded like any other; ask() returns one', async () => {
  const storage = sqliteUrl();
  const study = await closing(createStudy({ name: 's', storage, direction: 'minimize', space }));
  const batch = await study.ask(16);
  expect(batch.map(({ number }) => number)).toEqual(Array.from({ length: 16 }, (_, k) => k));
  for (const trial of batch) await study.tell(trial, trial.params.x ** 2);
  expect((await study.ask()).number).toBe(16);
  const [only] = await study.ask(1);
  expect(only?.number).toBe(17);
  expect(new Set((await study.trials()).map(({ params }) => JSON.stringify(params))).size).toBe(18);
});

test('whoever reads the study sees all trials of a batch, or none', async () => {
  const storage = sqliteUrl();
  const study = await closing(
    createStudy({ name: 's', storage, direction: 'minimize', space, sampler: 'tpe' }),
  );
  const reader = await closing(loadStudy({ name: 's', storage }));
  let isAsked = false;
  const seen = new Set<number>();
  const asking = study.ask(16).finally(() => {
    isAsked = true;
  });
  while (!isAsked) {
    seen.add((await reader.trials()).length);
    await setImmediate();
  }
  await asking;
  seen.add((await reader.trials()).length);
  expect([...seen].filter((count) => count !== 0)).toEqual([16]);
});

test('two programs that ask at once get different trials', async () => {
  const storage = sqliteUrl();
  const study = await closing(
    createStudy({ name: 's', storage, direction: 'minimize', space: { n: int(1, 40) }, sampler: 'tpe' }),
  );
  const other = await closing(loadStudy({ name: 's', storage, space: { n: int(1, 40) } }));
  const batches = await Promise.all([study.ask(16), other.ask(16), study.ask(4), other.ask(4)]);
  expect(new Set(batches.flat().map(({ params }) => params.n)).size).toBe(40);
  await expect(study.ask(2)).rejects.toMatchObject({ code: 'study.exhausted' });
});

test('enqueued trials come first, and a small space gives fewer', async () => {
  const study = await closing(
    createStudy({ direction: 'minimize', space: { n: int(1, 6) }, sampler: 'random' }),
  );
  await study.enqueue({ n: 5 });
  await study.enqueue({ n: 2 });
  const batch = await study.ask(9);
  expect(batch.slice(0, 2).map(({ params }) => params.n)).toEqual([5, 2]);
  expect(batch.map(({ params }) => params.n).sort()).toEqual([1, 2, 3, 4, 5, 6]);
});

test('objectives that name their parameters get batches too', async () => {
  const study = await closing(createStudy({ direction: 'minimize', sampler: 'tpe' }));
  const values = new Set<number>();
  for (let batch = 0; batch < 3; batch++) {
    for (const trial of await study.ask(8)) {
      const x = trial.suggestFloat('x', -1, 1);
      values.add(x);
      await study.tell(trial, x * x);
    }
  }
  expect(values.size).toBe(24);
});

test('where a scheduler pauses trials, a batch holds those that it continues, and new ones', async () => {
  const study = await closing(
    createStudy({ direction: 'minimize', space, scheduler: asha({ minSteps: 1 }), maxSteps: 9 }),
  );
  const first = await study.ask(9);
  expect(new Set(first.map(({ number }) => number)).size).toBe(9);
  for (const trial of first) {
    trial.report(trial.params.x ** 2, 1);
    await study.tell(trial, { pausedAt: 1 });
  }
  const second = await study.ask(5);
  expect(second).toHaveLength(5);
  expect(second.filter(({ startStep }) => startStep === 0).length).toBeGreaterThan(0);
  expect(second.filter(({ startStep }) => startStep === 1).length).toBeGreaterThan(0);
  expect(new Set(second.map(({ number }) => number)).size).toBe(5);
});

test.each([0, -1, 1.5, Number.NaN, 1e9, '3'])('ask(%j) is no number of trials', async (count) => {
  const study = await closing(createStudy({ direction: 'minimize', space, sampler: 'random' }));
  await expect(study.ask(count as number)).rejects.toMatchObject({ code: 'ask.count', usage: true });
});
