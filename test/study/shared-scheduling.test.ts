import { expect, test } from 'vitest';
import { int } from '../../src/core/distribution.js';
import type { Storage } from '../../src/storage/storage.js';
import { openStudy } from '../../src/study/open-study.js';
import type { Study } from '../../src/study/study.js';
import { until } from '../support/until.js';
import { makeSpec, newStudy, opened, rows, sweep, tempDir } from './harness.js';
import { MAX_STEPS, populationSpec, populationTrainer, type Trained } from './population.js';

function signal(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

type Before = (calls: number) => Promise<void>;

/** Returns the study as another orchestrator opens it, which waits before it calls a function of its storage. */
async function openedAgain(url: string, name: keyof Storage, before: Before): Promise<Study> {
  const storage = await opened(url);
  let calls = 0;
  const waiting = new Proxy(storage, {
    get: (target, key) => {
      const value: unknown = Reflect.get(target, key);
      if (typeof value !== 'function') return value;
      if (key !== name) return value.bind(target);
      return async (...args: readonly unknown[]) => {
        // Trials that were enqueued are another question.
        if (args[1] !== 'waiting') calls += 1;
        if (args[1] !== 'waiting') await before(calls);
        return value.apply(target, args);
      };
    },
  });
  const record = await storage.findStudy('study');
  if (record === null) throw new Error('no study');
  return openStudy(waiting, record);
}

test.each([2, 3, 4])(
  'no promotion is lost where a trial is paused while another orchestrator ends, at its look %i',
  async (look) => {
    const url = `sqlite:${tempDir()}/study.db`;
    const spec = makeSpec([{ name: 'x', distribution: int(0, 2) }], {
      scheduler: { name: 'asha', options: {} },
      maxSteps: MAX_STEPS,
    });
    const study = await newStudy(spec, await opened(url));
    const trained: Trained = [];
    const trainer = populationTrainer(trained);
    const [held, ended] = [signal(), signal()];
    const one = await openedAgain(url, 'unfinished', async (calls) => {
      if (calls !== look) return;
      held.resolve();
      await until(async () => (await rows(study))[0]?.pausedAt !== null);
    });
    const other = await openedAgain(url, 'restart', () => ended.promise);
    const run = trainer.run.bind(trainer);
    trainer.run = async (attempt, hooks) => {
      if (attempt.trial === 0 && attempt.attempt === 1) await held.promise;
      return run(attempt, hooks);
    };
    const slower = sweep(other, trainer);
    await until(async () => (await rows(study)).length === 1);
    await sweep(one, trainer);
    held.resolve();
    ended.resolve();
    await slower;
    expect((await rows(study)).map(({ state }) => state)).toEqual(['complete', 'pruned', 'pruned']);
    expect(trained).toHaveLength(MAX_STEPS + 2);
  },
);

test('orchestrators that begin a population at the same time make no member too many', async () => {
  const url = `sqlite:${tempDir()}/study.db`;
  const study = await newStudy(populationSpec(), await opened(url));
  const trainer = populationTrainer([]);
  let begun = 0;
  const all = signal();
  const together: Before = async (calls) => {
    if (calls === 1) begun += 1;
    if (begun === 5) all.resolve();
    await all.promise;
  };
  const orchestrators = await Promise.all(
    Array.from({ length: 5 }, () => openedAgain(url, 'commitConfiguration', together)),
  );
  await Promise.all(orchestrators.map((each) => sweep(each, trainer)));
  const trials = await rows(study);
  expect(trials.filter(({ parent }) => parent === null)).toHaveLength(4);
  expect(trials.filter(({ state }) => state === 'complete')).toHaveLength(4);
});
