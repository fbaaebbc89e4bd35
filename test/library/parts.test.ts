import { describe, expect, test } from 'vitest';
import {
  createStudy,
  type Executor,
  float,
  type Logger,
  median,
  type Pruner,
  type Sampler,
  type SweepEvent,
  type Terminator,
} from '../../src/index.js';
import { closing } from './support.js';

const space = { x: float(0, 1) };
const later = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('asynchronous parts of a program', () => {
  test('a sampler that waits is waited for', async () => {
    const sampler: Sampler = {
      async sample(_space, view, { index }) {
        await later();
        return index < 3 ? { params: { x: index / 10 + view.configs.length / 100 } } : { exhausted: 'three' };
      },
    };
    const study = await closing(createStudy({ direction: 'minimize', space, sampler }));
    for await (const trial of study.run({ totalTrials: 9 })) await trial.complete(1);
    expect((await study.trials()).map(({ params }) => params.x)).toEqual([0, 0.11, 0.22]);
  });

  test('a pruner and a terminator that wait are waited for', async () => {
    const pruner: Pruner = {
      decide: async ({ number }) => later().then(() => ({ prune: number === 1, reason: 'it is the second' })),
    };
    const terminator: Terminator = {
      decide: async (_space, view) =>
        later().then(() => ({ stop: view.configs.length >= 4, reason: 'four are enough' })),
    };
    const study = await closing(
      createStudy({ direction: 'minimize', space, sampler: 'random', pruner, terminator }),
    );
    for await (const trial of study.run({ totalTrials: 9 })) {
      trial.report(1, 0);
      await ((await trial.shouldPrune()) ? trial.prune() : trial.complete(1));
    }
    expect((await study.trials()).map(({ state }) => state)).toEqual([
      ...['complete', 'pruned', 'complete', 'complete'],
    ]);
  });

  test.each([
    ['throws', () => Promise.reject(new Error('my defect')), 'the terminator own threw: my defect'],
    ['says nothing', async () => undefined, 'expected { stop: true or false'],
  ])('a terminator that %s ends the call with an error', async (_, decide, message) => {
    const terminator = { decide } as unknown as Terminator;
    const study = await closing(createStudy({ direction: 'minimize', space, terminator }));
    const loop = async () => {
      for await (const trial of study.run({ totalTrials: 9 })) await trial.complete(1);
    };
    await expect(loop()).rejects.toThrow(message);
  });

  test('a logger receives every event in order, and one that throws is a warning', async () => {
    const events: SweepEvent[] = [];
    const closed: string[] = [];
    const logger: Logger = {
      open: async (study) => void closed.push(`open ${study.name}`),
      on: (event) => void events.push(event),
      flush: () => later(),
      close: async () => void closed.push('close'),
    };
    const broken: Logger = {
      ...logger,
      on: () => {
        throw new Error('my defect');
      },
    };
    const warnings: string[] = [];
    const study = await closing(createStudy({ direction: 'minimize', space, sampler: 'random' }));
    const onWarning = (message: string) => warnings.push(message);
    for await (const trial of study.run({ totalTrials: 2, loggers: [logger, broken], onWarning }))
      await trial.complete(1);
    expect(events.map(({ type }) => type).filter((type) => type !== 'trial-reported')).toEqual([
      ...['trial-started', 'trial-finished', 'trial-started', 'trial-finished', 'sweep-finished'],
    ]);
    expect(closed).toEqual(['open study', 'open study', 'close', 'close']);
    expect(warnings).toEqual([expect.stringContaining('my defect')]);
  });

  test('an executor runs the trials in place of a function', async () => {
    const executor: Executor = {
      kind: 'mine',
      allocate: ({ token }) => `mine:${token}`,
      run: async ({ params }, hooks) => {
        await later();
        hooks.report([{ name: 'objective', step: null, value: Number(params.x) }]);
        return { kind: 'exited', exitCode: 0, finishedAtMs: Date.now(), logTail: [] };
      },
      reattach: async () => ({ kind: 'not-started', reason: 'it is gone', fatal: false }),
      isAlive: async () => 'unknown',
      cancel: async () => ({ kind: 'had-ended' }),
      async *logs() {},
      cleanup: async () => [],
      checkpoints: null,
    };
    const study = await closing(createStudy({ direction: 'minimize', space, sampler: 'random' }));
    const ended: unknown[] = [];
    const onTrialEnd = ({ params }: { params: { x: number } }) => ended.push(params.x);
    const { end } = await study.optimize(executor, { totalTrials: 5, concurrency: 2, onTrialEnd });
    const trials = await study.trials();
    expect(end).toBe('budget');
    expect(trials.map(({ values }) => values?.[0])).toEqual(trials.map(({ params }) => params.x));
    expect(ended.toSorted()).toEqual(trials.map(({ params }) => params.x).toSorted());
  });
});

test('options in camel case, in snake case and of functions mean the same', async () => {
  const forms = [
    median({ startupTrials: 2, warmupSteps: 1 }),
    { name: 'median', startup_trials: 2, warmup_steps: 1 },
    { name: 'median', startupTrials: 2, warmup_steps: 1 },
  ] as const;
  const name = 's';
  const { openStorage } = await import('../../src/index.js');
  const storage = await openStorage('memory:');
  for (const pruner of forms) {
    const options = { name, storage, direction: 'minimize', space, pruner, loadIfExists: true } as const;
    // Another search under this name would be refused.
    await (await createStudy(options)).close();
  }
  const twice = { name: 'median', startupTrials: 2, startup_trials: 3 } as const;
  await expect(createStudy({ direction: 'minimize', pruner: twice })).rejects.toMatchObject({
    code: 'options.twice',
  });
  const odd = { name: 'median', startupTrails: 2 } as never;
  await expect(createStudy({ direction: 'minimize', pruner: odd })).rejects.toThrow('expected startupTrials');
});
