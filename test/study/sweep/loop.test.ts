import { describe, expect, test } from 'vitest';
import { categorical, float, int } from '../../../src/core/distribution.js';
import { openStudy } from '../../../src/study/open-study.js';
import { FIRST_FAILURES } from '../../../src/study/sweep/failures.js';
import {
  done,
  failed,
  makeSpec,
  newStudy,
  opened,
  results,
  rows,
  ScriptedExecutor,
  sweep,
  tempDir,
  trains,
  turn,
  untilStopped,
} from '../harness.js';

const numbers = (n: number) => [{ name: 'n', distribution: int(1, n) }];
const random = { sampler: { name: 'random', options: {} } };
const line = [{ name: 'x', distribution: float(0, 1) }];

/** In memory and in a file: both keep the same promises. */
const places = [
  ['memory', () => 'memory:'],
  ['a file', () => `sqlite:${tempDir()}/hpo.db`],
] as const;

describe.each(places)('a sweep in %s', (_, url) => {
  test('runs every configuration once, with its repeats, seeds and parameters, and then ends as exhausted', async () => {
    const storage = await opened(url());
    const study = await newStudy(makeSpec(numbers(3), { repeats: 2, seeds: [11, 12] }), storage);
    const executor = new ScriptedExecutor(trains(({ n }, { seed }) => Number(n) + seed));
    const { end, events } = await sweep(study, executor);
    expect(end).toBe('exhausted');
    expect(executor.started.map(({ trial, params, seed }) => [trial, params.n, seed])).toEqual([
      [0, 1, 11],
      [1, 1, 12],
      [2, 2, 11],
      [3, 2, 12],
      [4, 3, 11],
      [5, 3, 12],
    ]);
    expect(await results(study)).toEqual([12, 13, 13, 14, 14, 15].map((value) => `complete ${value}`));
    expect((await rows(study)).map((row) => [row.configuration, row.attempt, row.seed])).toEqual([
      [0, 1, 11],
      [0, 1, 12],
      [1, 1, 11],
      [1, 1, 12],
      [2, 1, 11],
      [2, 1, 12],
    ]);
    expect(events.at(-1)).toMatchObject({ type: 'sweep-finished', end: 'exhausted' });
    // A finished study has nothing left to run.
    const again = new ScriptedExecutor(trains(() => 0));
    expect((await sweep(study, again)).end).toBe('exhausted');
    expect(again.started).toEqual([]);
  });

  test('never runs more at once than there are slots, and uses them all', async () => {
    const study = await newStudy(makeSpec(numbers(9)), await opened(url()));
    const executor = new ScriptedExecutor(async (_, hooks) => {
      for (let k = 0; k < 5; k++) await turn();
      hooks.report([{ name: 'loss', step: 1, value: 1 }]);
      return done;
    });
    await sweep(study, executor, { slots: 3 });
    expect(executor.started).toHaveLength(9);
    expect(executor.mostRunning).toBe(3);
  });
});

describe('the budget', () => {
  test('counts trials of the whole study, and a configuration begun is completed with its repeats', async () => {
    const study = await newStudy(makeSpec(line, { ...random, repeats: 3 }));
    const ask = async (budget: number) => {
      const executor = new ScriptedExecutor(trains(() => 1));
      const { end } = await sweep(study, executor, { budget, slots: 2 });
      expect(end).toBe('budget');
      return executor.started.length;
    };
    expect(await ask(4)).toBe(6);
    expect(await ask(6)).toBe(0);
    expect(await ask(7)).toBe(3);
  });

  test('raised repeats top up the configurations that are there, before anything new', async () => {
    const url = `sqlite:${tempDir()}/hpo.db`;
    const spec = makeSpec(numbers(3));
    const first = await newStudy(spec, await opened(url));
    await sweep(first, new ScriptedExecutor(trains(() => 1)), { budget: 2 });
    const record = await first.storage.findStudy('study');
    const study = await openStudy(first.storage, record as never, { spec: { ...spec, repeats: 2 } });
    const executor = new ScriptedExecutor(trains(() => 2));
    await sweep(study, executor);
    expect(executor.started.map(({ trial, params, seed }) => [trial, params.n, seed])).toEqual([
      [2, 1, study.seedOf(1)],
      [3, 2, study.seedOf(1)],
      [4, 3, study.seedOf(0)],
      [5, 3, study.seedOf(1)],
    ]);
    expect((await study.view()).configs.map(({ trialCount: n }) => n)).toEqual([2, 2, 2]);
  });

  test('a pruned repeat ends its configuration: no further repeats of it', async () => {
    const spec = makeSpec(numbers(3), {
      repeats: 3,
      pruner: { name: 'median', options: { startup_trials: 1 } },
    });
    const study = await newStudy(spec);
    const executor = new ScriptedExecutor(async ({ params }, hooks) => {
      const value = Number(params.n);
      hooks.report([{ name: 'loss', step: 1, value }]);
      // A trainer takes a while to notice; without a stop it comes to its last step.
      for (let k = 0; k < 20 && !hooks.signal.aborted; k++) await turn();
      if (!hooks.signal.aborted) hooks.report([{ name: 'loss', step: 2, value }]);
      return hooks.signal.aborted ? failed(143) : done;
    });
    await sweep(study, executor);
    expect(await results(study)).toEqual(['complete 1', 'complete 1', 'complete 1', 'pruned 2', 'pruned 3']);
    expect((await study.view()).configs.map(({ state }) => state)).toEqual(['complete', 'pruned', 'pruned']);
  });
});

describe('failures', () => {
  test(`when the first ${FIRST_FAILURES} trials all fail, the sweep stops early`, async () => {
    const study = await newStudy(makeSpec(numbers(9)));
    const executor = new ScriptedExecutor(() => failed(3));
    const { end, events } = await sweep(study, executor);
    expect(end).toBe('failures');
    expect(executor.started).toHaveLength(FIRST_FAILURES);
    expect(events).toContainEqual({ type: 'stopping', why: 'failures' });
    expect(events).toContainEqual(
      expect.objectContaining({ trial: 0, state: 'fail', reason: 'exit code 3', tail: ['last words'] }),
    );
  });

  test('one success among the first trials lets the sweep go on to its end', async () => {
    const study = await newStudy(makeSpec(numbers(9)));
    const succeeds = trains(() => 1);
    const { end } = await sweep(
      study,
      new ScriptedExecutor((attempt, hooks) => (attempt.trial === 2 ? succeeds(attempt, hooks) : failed())),
    );
    expect(end).toBe('exhausted');
    expect(await results(study)).toEqual(
      Array.from({ length: 9 }, (_, k) => (k === 2 ? 'complete 1' : 'fail')),
    );
  });

  test('failed trials run again only when that is asked for, as further attempts with the same seed', async () => {
    const study = await newStudy(makeSpec(numbers(4), { repeats: 1 }));
    const odd = trains(({ n }) => Number(n));
    await sweep(
      study,
      new ScriptedExecutor((attempt, hooks) => (attempt.trial % 2 === 0 ? odd(attempt, hooks) : failed())),
    );
    const before = await rows(study);
    expect(await results(study)).toEqual(['complete 1', 'fail', 'complete 3', 'fail']);
    const idle = new ScriptedExecutor(trains(() => 0));
    await sweep(study, idle);
    expect(idle.started).toEqual([]);
    const retry = new ScriptedExecutor(trains(({ n }) => Number(n)));
    await sweep(study, retry, { retryFailed: true });
    expect(retry.started.map(({ trial, attempt, seed }) => [trial, attempt, seed])).toEqual([
      [1, 2, before[1]?.seed],
      [3, 2, before[3]?.seed],
    ]);
    expect(await results(study)).toEqual(['complete 1', 'complete 2', 'complete 3', 'complete 4']);
    expect((await study.view()).configs.map(({ values }) => values?.[0])).toEqual([1, 2, 3, 4]);
  });
});

describe('defects', () => {
  test('a sampler that breaks ends the sweep with its error, after what runs has been stopped and queued', async () => {
    const study = await newStudy(makeSpec([{ name: 'c', distribution: categorical(['a', 'b', 'c']) }]));
    const { sample } = study.sampler;
    Object.assign(study.sampler, {
      sample: (...args: Parameters<typeof sample>) => {
        if (args[2].index === 1) throw new Error('the sampler broke');
        return sample(...args);
      },
    });
    const executor = new ScriptedExecutor(async (_, hooks) => {
      await untilStopped(hooks);
      return failed(143);
    });
    await expect(sweep(study, executor, { slots: 2 })).rejects.toThrow('the sampler broke');
    expect(executor.running).toBe(0);
    expect(await results(study)).toEqual(['running queued']);
  });

  test('an executor that rejects ends the sweep with its error; the others are stopped and queued', async () => {
    const study = await newStudy(makeSpec(numbers(5)));
    const executor = new ScriptedExecutor(async ({ trial }, hooks) => {
      if (trial === 1) throw new Error('the executor broke');
      await untilStopped(hooks);
      return failed(143);
    });
    await expect(sweep(study, executor, { slots: 2 })).rejects.toThrow('the executor broke');
    expect(executor.running).toBe(0);
    expect((await results(study))[0]).toBe('running queued');
    expect(executor.started).toHaveLength(2);
  });

  test('a slot that falls free while the next trial is being asked for is not forgotten', async () => {
    // Trials end in every possible moment of the loop: a lost wake-up would leave it waiting for ever.
    const study = await newStudy(makeSpec(numbers(60)));
    const executor = new ScriptedExecutor(async ({ trial }, hooks) => {
      for (let k = 0; k < trial % 7; k++) await Promise.resolve();
      for (let k = 0; k < trial % 3; k++) await turn();
      hooks.report([{ name: 'loss', step: 1, value: trial }]);
      return done;
    });
    expect((await sweep(study, executor, { slots: 4 })).end).toBe('exhausted');
    expect(executor.started).toHaveLength(60);
  });
});
