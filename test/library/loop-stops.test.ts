import { spawn } from 'node:child_process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { createStudy, float, loadStudy, type RunningTrial, type Study } from '../../src/index.js';
import { until } from '../support/until.js';
import { closing, sqliteUrl } from './support.js';

const LIBRARY = pathToFileURL(fileURLToPath(new URL('../../dist/index.js', import.meta.url))).href;
const PROGRAM = fileURLToPath(new URL('../fixtures/library/loops.mjs', import.meta.url));
const space = { x: float(0, 1) };
type Trial = RunningTrial<{ readonly x: number }>;
const create = (storage: string = 'memory:') =>
  closing(createStudy({ direction: 'minimize', sampler: 'random', space, storage }));
const states = async (study: Pick<Study, 'trials'>) => (await study.trials()).map(({ state }) => state);
const untilAsked = ({ signal }: Pick<Trial, 'signal'>) =>
  new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });

describe('an abort', () => {
  test('ends the loop; open trials are asked to end, and run again in the next call', async () => {
    const study = await create();
    const stop = new AbortController();
    const open: Trial[] = [];
    for await (const trial of study.run({ trials: '+9', concurrency: 3, signal: stop.signal })) {
      open.push(trial);
      if (trial.number === 2) stop.abort();
    }
    // The program's own reason, as for every other signal.
    expect(open.map(({ signal }) => signal.reason)).toEqual(Array(3).fill(stop.signal.reason));
    // What comes after it is no result.
    expect(await open[0]?.complete(1)).toBe('running');
    expect(await states(study)).toEqual(Array(3).fill('running'));
    const again: number[] = [];
    for await (const trial of study.run({ totalTrials: 4 })) {
      again.push(trial.number);
      await trial.complete(1);
    }
    expect(again).toEqual([0, 1, 2, 3]);
  });

  test('before the first trial gives none, and one that a body waits for ends the loop by a throw', async () => {
    const study = await create();
    for await (const trial of study.run({ trials: '+2', signal: AbortSignal.abort() })) await trial.fail();
    expect(await states(study)).toEqual([]);
    const stop = new AbortController();
    const loop = async () => {
      for await (const trial of study.run({ trials: '+2', signal: stop.signal })) {
        setImmediate(() => stop.abort());
        await untilAsked(trial);
        trial.signal.throwIfAborted();
      }
    };
    expect(await loop().catch((error: unknown) => error)).toBe(stop.signal.reason);
    // It was interrupted, and did not fail.
    expect(await states(study)).toEqual(['running']);
  });

  test('close() inside the body ends the loop', async () => {
    const storage = sqliteUrl();
    const study = await create(storage);
    const loop = async () => {
      for await (const trial of study.run({ trials: '+5' })) {
        if (trial.number === 1) await study.close();
        await trial.complete(1);
      }
    };
    await loop();
    const again = await closing(loadStudy({ name: 'study', storage }));
    expect(await states(again)).toEqual(['complete', 'running']);
    await expect(study.run({ trials: '+1' }).next()).rejects.toMatchObject({ code: 'storage.closed' });
  });
});

describe('trialTimeout and retries', () => {
  test('a trial that takes too long fails, its signal says so, and its end does not break the loop', async () => {
    const study = await create();
    const reasons: unknown[] = [];
    for await (const trial of study.run({ trials: '+2', trialTimeout: '50ms' })) {
      if (trial.number === 0) await untilAsked(trial);
      reasons.push(trial.signal.reason?.name);
      reasons.push(await trial.complete(1));
    }
    expect(reasons).toEqual(['TimeoutError', 'fail', undefined, 'complete']);
    expect((await study.trials())[0]?.reason).toBe('ran longer than trialTimeout 50ms');
  });

  test('a trial that fails comes again with its number and its parameters, after the wait', async () => {
    const study = await create();
    const seen: [number, number][] = [];
    const ends: string[] = [];
    for await (const trial of study.run({ trials: '+2', retries: { times: 2, delay: '20ms' } })) {
      const isFirst = seen.every(([number]) => number !== trial.number);
      seen.push([trial.number, trial.params.x]);
      ends.push(await (isFirst ? trial.fail('by bad luck') : trial.complete(trial.number)));
    }
    expect(seen.map(([number]) => number).toSorted()).toEqual([0, 0, 1, 1]);
    expect(new Set(seen.map(([, x]) => x)).size).toBe(2);
    expect(ends.toSorted()).toEqual(['complete', 'complete', 'running', 'running']);
  });

  test('with retries the loop waits for open trials at its end, since they may come again', async () => {
    const study = await create();
    const seen: number[] = [];
    for await (const trial of study.run({ trials: '+2', concurrency: 2, retries: 1 })) {
      seen.push(trial.number);
      if (seen.length < 3) setImmediate(() => void trial.fail('by bad luck'));
      else await trial.complete(1);
    }
    expect(seen.toSorted()).toEqual([0, 0, 1, 1]);
    expect(await states(study)).toEqual(['complete', 'complete']);
  });
});

test('a pruner stops a trial, which its program ends', async () => {
  const study = await closing(
    createStudy({ direction: 'minimize', sampler: 'random', space, pruner: { name: 'threshold', upper: 1 } }),
  );
  for await (const trial of study.run({ trials: '+3' })) {
    trial.report(trial.number, 0);
    if (!(await trial.shouldPrune())) await trial.complete(trial.number);
    else expect(await (trial.number === 2 ? trial.prune() : trial.complete(0))).toBe('pruned');
    expect(trial.signal.reason?.message).toBe(
      trial.number > 1 ? `trial ${trial.number} was pruned` : undefined,
    );
  }
  expect((await study.trials()).map(({ state, values }) => [state, values?.[0]])).toEqual([
    ['complete', 0],
    ['complete', 1],
    ['pruned', 2],
  ]);
});

test('a program that was killed in its loop continues exactly where it was', async () => {
  const whole = await closing(createStudy({ direction: 'minimize', space, seed: 3, sampler: 'tpe' }));
  for await (const trial of whole.run({ totalTrials: 9 })) await trial.complete(trial.params.x ** 2);
  const storage = sqliteUrl();
  const run = (killAt: number) =>
    spawn(process.execPath, [PROGRAM, LIBRARY, storage, String(killAt)], { stdio: 'ignore' });
  const child = run(5);
  await until(() => child.exitCode !== null || child.signalCode !== null, { what: 'the program is killed' });
  expect(child.signalCode).toBe('SIGKILL');
  const rest = await closing(
    createStudy({ direction: 'minimize', space, seed: 3, sampler: 'tpe', storage, loadIfExists: true }),
  );
  expect(await states(rest)).toEqual([...Array(5).fill('complete'), 'running']);
  for await (const trial of rest.run({ totalTrials: 9 })) await trial.complete(trial.params.x ** 2);
  const shown = async (study: Pick<Study, 'trials'>) =>
    (await study.trials()).map(({ number, params, values, state }) => ({ number, params, values, state }));
  expect(await shown(rest)).toEqual(await shown(whole));
});

test('a trial whose program ends again and again fails, and the search continues', async () => {
  const storage = sqliteUrl();
  const run = (killAt: number) =>
    spawn(process.execPath, [PROGRAM, LIBRARY, storage, String(killAt), 'again'], { stdio: 'inherit' });
  for (let start = 0; start < 3; start++) {
    const child = run(1);
    await until(() => child.exitCode !== null || child.signalCode !== null, {
      what: 'the program is killed',
    });
    expect(child.signalCode).toBe('SIGKILL');
  }
  const last = run(99);
  await until(() => last.exitCode !== null || last.signalCode !== null, { what: 'the program ends' });
  const study = await closing(loadStudy({ name: 'study', storage }));
  const trials = await study.trials();
  expect(trials.map(({ state }) => state)).toEqual(['complete', 'fail', ...Array(7).fill('complete')]);
  expect(trials[1]?.reason).toBe('its program ended while it ran');
});
