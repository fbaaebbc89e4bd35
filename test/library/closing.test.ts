import { spawnSync } from 'node:child_process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { createStudy, float, loadStudy, type RunningTrial, type Trial } from '../../src/index.js';
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

describe('close() after a loop that ended', () => {
  /** Starts three trials at once and returns them when the loop is over. */
  const openThree = async (storage: string, options: object = {}) => {
    const study = await create(storage);
    const open: RunningTrial<{ readonly x: number }>[] = [];
    for await (const trial of study.run({ trials: '+3', concurrency: 3, ...options })) open.push(trial);
    return { study, open };
  };

  test('waits until the program has ended the open trials', async () => {
    const storage = sqliteUrl();
    const { study, open } = await openThree(storage);
    const seen: string[] = [];
    const closing = study.close().then(() => seen.push('closed'));
    await new Promise((resolve) => setImmediate(resolve));
    expect(open.map(({ signal }) => signal.aborted)).toEqual([false, false, false]);
    expect(await open[0]?.complete(1)).toBe('complete');
    expect(await open[1]?.fail('no answer')).toBe('fail');
    seen.push('two have ended');
    expect(await open[2]?.complete(3)).toBe('complete');
    await closing;
    expect(seen).toEqual(['two have ended', 'closed']);
    expect(await states(storage)).toEqual(['complete', 'fail', 'complete']);
    await expect(study.ask()).rejects.toMatchObject({ code: 'storage.closed' });
  });

  test('waits no longer than the signal of the call and trialTimeout let it', async () => {
    const storage = sqliteUrl();
    const stop = new AbortController();
    const { study, open } = await openThree(storage, { signal: stop.signal });
    const closing = study.close();
    await open[1]?.complete(1);
    stop.abort();
    await closing;
    expect(await states(storage)).toEqual(['running', 'complete', 'running']);
    const limited = await openThree('memory:', { trialTimeout: '30ms' });
    await limited.study.close();
    expect(limited.open.map(({ signal }) => signal.reason.name)).toEqual(Array(3).fill('TimeoutError'));
  });

  test('one that nobody ends any more does not keep the program: it is named, and runs again later', async () => {
    const storage = sqliteUrl();
    const program = PROGRAM.replace('closes', 'forgets');
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, LIBRARY, storage], {
      encoding: 'utf8',
      timeout: 20_000,
    });
    expect([status, stdout]).toEqual([0, 'after the loop\nclosed\n']);
    expect(stderr).toMatch(
      /HpoWarning: study study: trials without an end: 1\. .* the next call runs them again\n/,
    );
    expect(await states(storage)).toEqual(['complete', 'running', 'complete']);
  });
});

test('close() stores first what the program has completed already', async () => {
  const storage = sqliteUrl();
  const study = await create(storage);
  const loop = async () => {
    for await (const trial of study.run({ trials: '+9', concurrency: 2 })) {
      const ending = trial.number < 2 ? trial.complete(1) : null;
      if (trial.number === 1) await Promise.all([ending, study.close()]);
    }
  };
  await loop();
  expect((await states(storage)).slice(0, 2)).toEqual(['complete', 'complete']);
});

let closed: () => Promise<void> = async () => {};

test('a program that closes its study in the midst ends by itself: nothing is left open', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, LIBRARY, sqliteUrl()], {
    encoding: 'utf8',
    timeout: 20_000,
  });
  expect([status, stdout, stderr]).toEqual([0, 'closed, left open: none\ninterrupted\n', '']);
});
