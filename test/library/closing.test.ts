import { spawnSync } from 'node:child_process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { createStudy, float, loadStudy, type Trial } from '../../src/index.js';
import { closing, sqliteUrl } from './support.js';

const LIBRARY = pathToFileURL(fileURLToPath(new URL('../../dist/index.js', import.meta.url))).href;
const PROGRAM = fileURLToPath(new URL('../fixtures/library/closes.mjs', import.meta.url));
const space = { x: float(0, 1) };
const create = (storage: string) => createStudy({ direction: 'minimize', sampler: 'random', space, storage });
const states = async (storage: string) =>
  (await (await closing(loadStudy({ name: 'study', storage }))).trials()).map(({ state }) => state);

/** Resolves when the trial is asked to end. */
const untilAsked = ({ signal }: Pick<Trial<{ x: number }>, 'signal'>) =>
  new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));

describe('close() while the study optimizes', () => {
  test('asks what runs to end, waits for it, and the next call runs it again', async () => {
    const storage = sqliteUrl();
    const study = await create(storage);
    const seen: string[] = [];
    const running = study
      .optimize(
        async (trial) => {
          if (trial.number < 2) return trial.number;
          setImmediate(() => void closed());
          await untilAsked(trial);
          await new Promise((resolve) => setImmediate(resolve));
          seen.push('the objective has ended');
          return 0;
        },
        { trials: 5 },
      )
      .then(({ end }) => seen.push(`optimize: ${end}`));
    const wished = new Promise<() => Promise<void>>((resolve) => {
      closed = async () => resolve(() => study.close());
    });
    await (await wished)();
    seen.push('closed');
    await running;
    expect(seen).toEqual(['the objective has ended', 'optimize: interrupted', 'closed']);
    expect(await states(storage)).toEqual(['complete', 'complete', 'running']);
    const again = await closing(loadStudy({ name: 'study', storage }));
    await again.optimize(() => 1, { trials: 5 });
    expect(await states(storage)).toEqual(Array(5).fill('complete'));
  });

  test('twice, before and after, is fine; nothing begins after it', async () => {
    const study = await create(sqliteUrl());
    const running = study.optimize(untilAsked as never, { trials: 3, concurrency: 2 });
    await Promise.all([study.close(), study.close()]);
    await study.close();
    expect((await running).end).toBe('interrupted');
    await expect(study.optimize(() => 1, { trials: 1 })).rejects.toMatchObject({ code: 'storage.closed' });
    await expect(study.ask()).rejects.toMatchObject({ code: 'storage.closed' });
  });

  test('from the objective asks all to end and does not wait for itself', async () => {
    const storage = sqliteUrl();
    const study = await create(storage);
    const { end } = await study.optimize(
      async ({ number }) => {
        await new Promise((resolve) => setImmediate(resolve));
        if (number === 2) await study.close();
        return number;
      },
      { trials: 9 },
    );
    expect(end).toBe('interrupted');
    await study.close();
    expect(await states(storage)).toEqual(['complete', 'complete', 'running']);
  });

  test('from a callback, awaited, and from a study of a study', async () => {
    const storage = sqliteUrl();
    const study = await create(storage);
    const inner = await createStudy({ direction: 'minimize', sampler: 'random', space });
    const { end } = await study.optimize(
      async ({ number }) => {
        const run = async () => {
          if (number === 1) await study.close();
          return 1;
        };
        await inner.optimize(run, { trials: '+1' });
        return number;
      },
      { trials: 9, onTrialEnd: async () => void (await inner.trials()) },
    );
    expect(end).toBe('interrupted');
    await study.close();
    expect(await states(storage)).toEqual(['complete', 'running']);
    const last = await closing(loadStudy({ name: 'study', storage }));
    await last.optimize(() => 1, { trials: 4, onTrialEnd: () => last.close() });
    await last.close();
    expect(await states(storage)).toEqual(['complete', 'complete']);
  });

  test('what was reported of a trial that was asked for is stored before', async () => {
    const storage = sqliteUrl();
    const study = await create(storage);
    const trial = await study.ask();
    for (let step = 0; step < 20; step++) trial.report(step, step);
    await study.close();
    const again = await closing(loadStudy({ name: 'study', storage }));
    expect((await again.trials())[0]?.metrics).toEqual({ objective: 19 });
  });
});

let closed: () => Promise<void> = async () => {};

test('a program that closes its study in the midst ends by itself: nothing is left open', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, LIBRARY, sqliteUrl()], {
    encoding: 'utf8',
    timeout: 20_000,
  });
  expect([status, stdout, stderr]).toEqual([0, 'closed, left open: none\ninterrupted\n', '']);
});
