import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type AskedTrial, createStudy, deleteStudy, float, loadStudy, type Study } from '../../src/index.js';
import { closing, sqliteUrl } from './support.js';

const MAX = 9;
const TRIALS = 6;
const space = { x: float(0, 1) };
type P = { readonly x: number };
type Scheduler = 'asha' | 'hyperband' | 'epochs';
const options = (scheduler: Scheduler) =>
  ({ direction: 'minimize', sampler: 'random', space, scheduler, maxSteps: MAX }) as const;
const loss = (x: number, step: number) => x + 1 / step;

/** Trains an asked trial to its target, and returns the step that it has come to. `saved`: a program's own checkpoints. */
async function train(
  trial: AskedTrial<P>,
  saved: Map<number, number> | null,
  log: string[],
): Promise<number> {
  const { number, startStep, targetStep, params } = trial;
  const from = saved === null ? ((await trial.checkpoint.load<number>()) ?? 0) : (saved.get(number) ?? 0);
  expect(from).toBe(startStep);
  for (let step = startStep + 1; step <= (targetStep ?? MAX); step++) {
    log.push(`${number} ${step}`);
    trial.report(loss(params.x, step), step);
    if (saved === null) await trial.checkpoint.save(step);
    else saved.set(number, step);
    expect(await trial.shouldPrune()).toBe(step === targetStep && step < MAX);
  }
  return targetStep ?? MAX;
}

/** Asks and tells until the study has its trials and nothing is left to continue. */
async function search(
  study: Study<P>,
  log: string[],
  saved: Map<number, number> | null = null,
): Promise<void> {
  for (let asked = 0; asked < 40; asked++) {
    const trial = await study.ask();
    if (trial.number >= TRIALS) {
      await study.tell(trial, { state: 'fail', reason: 'enough' });
      return;
    }
    const step = await train(trial, saved, log);
    await study.tell(trial, step < MAX ? { pausedAt: step } : loss(trial.params.x, MAX));
  }
}

describe.each(['asha', 'hyperband', 'epochs'] as const)('ask and tell with %s', (scheduler) => {
  test.each([
    ['memory:', 'its checkpoint'],
    ['a file', 'its checkpoint'],
    ['memory:', 'checkpoints of the program'],
  ])('ask hands out paused trials again, in %s, with %s', async (where, how) => {
    const storage = where === 'a file' ? { storage: sqliteUrl() } : {};
    const study = await closing(createStudy({ ...options(scheduler), ...storage }));
    const log: string[] = [];
    await search(study, log, how === 'its checkpoint' ? null : new Map());
    expect(new Set(log).size).toBe(log.length);
    const trials = (await study.trials()).slice(0, TRIALS);
    for (const { number, state } of trials) {
      const steps = log.filter((each) => each.startsWith(`${number} `)).length;
      expect([number, state]).toEqual([number, steps === MAX ? 'complete' : 'running']);
    }
    // The loop continues them, and ends those that stay paused.
    for await (const trial of study.run({ totalTrials: TRIALS })) {
      const from = trial.startStep;
      if (how === 'its checkpoint') expect(from).toBeGreaterThan(0);
      for (let step = from + 1; step <= (trial.targetStep ?? MAX); step++) {
        trial.report(loss(trial.params.x, step), step);
        await trial.checkpoint.save(step);
      }
      await trial.complete(loss(trial.params.x, MAX));
    }
    expect((await study.trials({ state: 'running' })).length).toBe(0);
  });
});

describe('a trial that was asked for, where a scheduler pauses trials', () => {
  test('is handed out again with its steps and target, when its program has ended or left it', async () => {
    const study = await closing(
      createStudy({ ...options('epochs'), scheduler: { name: 'epochs', steps: 3 } }),
    );
    const trial = await study.ask();
    expect([trial.startStep, trial.targetStep]).toEqual([0, 3]);
    trial.report(1, 1);
    await trial.checkpoint.save('state');
    await study.tell(trial, { pausedAt: 1 });
    const again = await study.ask();
    expect([again.number, again.startStep, again.targetStep]).toEqual([0, 1, 3]);
    expect(await again.checkpoint.load()).toBe('state');
    again.report(1, 2);
    again.report(1, 3);
    expect(await again.shouldPrune()).toBe(true);
    await study.tell(again, { pausedAt: 3 });
    expect((await study.ask()).number).toBe(1);
    expect((await study.trials())[0]?.metrics).toEqual({ objective: 1 });
  });

  test('is ended by a value, a failure, and here or where the study is opened again', async () => {
    const storage = sqliteUrl();
    const study = await createStudy({ ...options('asha'), name: 's', storage });
    const [first, second] = [await study.ask(), await study.ask()];
    await first.checkpoint.save(1);
    await study.tell(first, 0.5);
    await study.close();
    const again = await closing(loadStudy({ name: 's', storage }));
    await again.tell(second.number, { state: 'fail', reason: 'no data' });
    await expect(again.tell(second.number, 1)).rejects.toMatchObject({ code: 'trial.finished' });
    const trials = await again.trials();
    expect(trials.map(({ state, values, reason }) => [state, values, reason])).toEqual([
      ['complete', [0.5], null],
      ['fail', null, 'no data'],
    ]);
  });

  test('a pause that cannot be is refused with what is expected', async () => {
    const study = await closing(createStudy(options('asha')));
    const trial = await study.ask();
    await expect(study.tell(trial, { pausedAt: 1 })).rejects.toThrow('which has reported none, got 1');
    trial.report(1, 1);
    await expect(study.tell(trial, { pausedAt: 2 })).rejects.toThrow('has reported last, 1, got 2');
    await study.tell(trial, { pausedAt: 1 });
    const plain = await closing(createStudy({ direction: 'minimize', space }));
    await expect(plain.tell(await plain.ask(), { pausedAt: 1 })).rejects.toMatchObject({
      code: 'trial.pause',
    });
  });

  test('one that the scheduler stopped is pruned, whatever it is told to be paused at', async () => {
    const scheduler = {
      firstTargets: () => () => 3,
      decide: () => ({ kind: 'stop', reason: 'hopeless' }) as const,
      next: () => null,
    };
    const study = await closing(createStudy({ direction: 'minimize', space, scheduler, maxSteps: MAX }));
    const trial = await study.ask();
    trial.report(4, 1);
    expect(await trial.shouldPrune()).toBe(true);
    await study.tell(trial, { pausedAt: 1 });
    expect((await study.trials())[0]).toMatchObject({ state: 'pruned', values: [4], reason: 'hopeless' });
  });

  test.each([9, null])(
    'one that a pruner of your own finds bad at step 9 is pruned, but not where that is its last, with maxSteps %j',
    async (maxSteps) => {
      const study = await closing(
        createStudy({
          direction: 'minimize',
          space,
          pruner: { decide: () => ({ prune: true, reason: 'hopeless' }) },
          ...(maxSteps !== null && { maxSteps }),
        }),
      );
      const trial = await study.ask();
      trial.report(2, MAX);
      const isPruned = maxSteps === null;
      expect(await trial.shouldPrune()).toBe(isPruned);
      await study.tell(trial, isPruned ? { state: 'pruned' } : 2);
      expect((await study.trials())[0]).toMatchObject({
        state: isPruned ? 'pruned' : 'complete',
        values: [2],
      });
    },
  );
});

test('deleteStudy removes what the paused trials of a study saved, and leaves those of its neighbor', async () => {
  const storage = sqliteUrl();
  const folder = `${storage.slice('sqlite:'.length)}-checkpoints`;
  for (const name of ['a', 'b']) {
    const study = await closing(createStudy({ ...options('asha'), name, storage }));
    for (let k = 0; k < 2; k++) {
      const trial = await study.ask();
      await study.tell(trial, { pausedAt: await train(trial, null, []) });
    }
    await study.close();
  }
  const [first = '', second = ''] = readdirSync(folder);
  expect([first, second].map((uid) => readdirSync(join(folder, uid)))).toEqual([
    ['0', '1'],
    ['0', '1'],
  ]);
  await deleteStudy({ name: 'a', storage });
  expect(readdirSync(folder)).toHaveLength(1);
  await deleteStudy({ name: 'b', storage });
  expect(existsSync(folder)).toBe(false);
});
