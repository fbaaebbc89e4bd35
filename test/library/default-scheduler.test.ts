import { describe, expect, test } from 'vitest';
import {
  type AskedTrial,
  createStudy,
  float,
  loadStudy,
  type RunningTrial,
  type Trial,
} from '../../src/index.js';
import { closing, history, sqliteUrl } from './support.js';

const MAX = 9;
const space = { x: float(0, 1) };
type P = { readonly x: number };
const study = (
  more: { readonly scheduler?: 'none'; readonly storage?: string; readonly maxSteps?: number } = {},
) => closing(createStudy({ direction: 'minimize', sampler: 'random', space, ...more }));
const loss = (x: number, step: number) => x + 1 / step;

/** Trains to the end, or until it is asked to end, and returns the last step. */
async function train(trial: Trial<P> | AskedTrial<P>, saves: boolean): Promise<number> {
  const { startStep, targetStep, params } = trial;
  for (let step = startStep + 1; step <= (targetStep ?? MAX); step++) {
    trial.report(loss(params.x, step), step);
    if (saves) await trial.checkpoint.save(step);
    if (await trial.shouldPrune()) return step;
  }
  return MAX;
}
const objective = (saves: boolean) => async (trial: Trial<P>) =>
  loss(trial.params.x, await train(trial, saves));
const warningsOf = () => {
  const warnings: string[] = [];
  return { warnings, onWarning: (message: string) => warnings.push(message) };
};

describe('a program that names no scheduler', () => {
  test('has its trials paused and continued once one has saved', async () => {
    const { warnings, onWarning } = warningsOf();
    const searched = await study();
    await searched.optimize(objective(true), { totalTrials: 12, onWarning });
    const states = (await searched.trials()).map(({ state }) => state);
    expect(states.slice(0, 1)).toEqual(['complete']);
    expect(states.filter((state) => state === 'pruned').length).toBeGreaterThan(3);
    expect(warnings).toEqual([]);
  });

  test.each([1, 4])(
    'has hopeless trials stopped, without a word, where none saves: %i at once',
    async (concurrency) => {
      const { warnings, onWarning } = warningsOf();
      const searched = await study();
      await searched.optimize(objective(false), { totalTrials: 16, concurrency, onWarning });
      const trials = await searched.trials();
      const states = trials.map(({ state }) => state);
      expect(new Set(states)).toEqual(new Set(['complete', 'pruned']));
      // The best of random values is trained to its end.
      const least = Math.min(...trials.map(({ params }) => params.x));
      expect(trials.find(({ params }) => params.x === least)?.state).toBe('complete');
      expect(warnings).toEqual([]);
    },
  );

  test('gets the trials of scheduler none where the objective never asks for the verdict', async () => {
    const [searched, full] = [await study(), await study({ scheduler: 'none' })];
    for (const each of [searched, full])
      await each.optimize(
        (trial) => {
          for (let step = 1; step <= MAX; step++) trial.report(loss(trial.params.x, step), step);
          return loss(trial.params.x, MAX);
        },
        { totalTrials: 16 },
      );
    expect(await history(searched)).toEqual(await history(full));
    expect(await searched.trials({ state: 'complete' })).toHaveLength(16);
  });

  test('gets a loop that waits for no open trial where none saves, also after trials with steps', async () => {
    const searched = await study();
    for (let round = 1; round <= 2; round++) {
      const open: RunningTrial<P>[] = [];
      for await (const trial of searched.run({ totalTrials: 3 * round, concurrency: 3 })) open.push(trial);
      for (const trial of open) await trial.complete(loss(trial.params.x, await train(trial, false)));
    }
    expect((await searched.trials()).map(({ state }) => state)).toHaveLength(6);
    expect(await searched.trials({ state: 'running' })).toEqual([]);
  });

  test('gets a loop that gives paused trials out again, and waits for those that may be paused', async () => {
    const searched = await study();
    const given: number[] = [];
    const running = new Set<Promise<unknown>>();
    for await (const trial of searched.run({ totalTrials: 12, concurrency: 3 })) {
      given.push(trial.number);
      const work = train(trial, true).then((step) => trial.complete(loss(trial.params.x, step)));
      running.add(work);
    }
    await Promise.all(running);
    expect(given.length).toBeGreaterThan(12);
    expect(await searched.trials({ state: 'running' })).toEqual([]);
  });

  test('asks and tells as without a scheduler where no trial saves', async () => {
    const [searched, full] = [
      await study({ maxSteps: MAX }),
      await study({ scheduler: 'none', maxSteps: MAX }),
    ];
    for (const each of [searched, full])
      for (let k = 0; k < 6; k++) {
        const trial = await each.ask();
        expect(await train(trial, false)).toBe(MAX);
        await each.tell(trial, loss(trial.params.x, MAX));
      }
    expect(await history(searched)).toEqual(await history(full));
  });

  test('is handed out paused trials that it takes for pruned, once they save', async () => {
    const searched = await study({ maxSteps: MAX });
    const asked: number[] = [];
    for (let k = 0; k < 14; k++) {
      const trial = await searched.ask();
      asked.push(trial.number);
      const step = await train(trial, true);
      const isFull = step === MAX;
      await searched.tell(trial, isFull ? loss(trial.params.x, MAX) : { state: 'pruned' });
    }
    expect(new Set(asked).size).toBeLessThan(asked.length);
    expect(await searched.trials({ state: 'pruned' })).toEqual([]);
    expect((await searched.trials({ state: 'complete' })).length).toBeGreaterThan(1);
  });

  test('continues a study with the scheduler that it began with', async () => {
    const storage = sqliteUrl();
    const options = { direction: 'minimize', sampler: 'random', space, storage, name: 'kept' } as const;
    const first = await createStudy({ ...options, scheduler: 'none' });
    await first.optimize(objective(true), { totalTrials: 4 });
    await first.close();
    const again = await createStudy({ ...options, loadIfExists: true });
    await again.optimize(objective(true), { totalTrials: 8 });
    await again.close();
    const loaded = await closing(loadStudy({ name: 'kept', storage }));
    expect((await loaded.trials({ state: 'complete' })).length).toBe(8);
  });
});
