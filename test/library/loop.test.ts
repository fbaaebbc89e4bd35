import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  createStudy,
  float,
  int,
  type RunningTrial,
  type RunOptions,
  type Study,
  tpe,
} from '../../src/index.js';
import { closing, history } from './support.js';

const space = { x: float(-5, 5), n: int(1, 4) };
type P = { readonly x: number; readonly n: number };
const create = (seed = 0) =>
  closing(createStudy({ direction: 'minimize', sampler: tpe({ startupTrials: 3 }), space, seed }));
const states = async (study: Study<P>) => (await study.trials()).map(({ state }) => state);
const loss = ({ params }: Pick<RunningTrial<P>, 'params'>) => params.x ** 2 + params.n;

describe('the loop', () => {
  test('+N is so many more, a total counts earlier ones, and both at once are refused', async () => {
    const study = await create();
    for await (const trial of study.run({ trials: '+3' })) await trial.complete(loss(trial));
    for await (const trial of study.run({ totalTrials: 5 })) await trial.complete(loss(trial));
    for await (const trial of study.run({ totalTrials: 5 })) await trial.complete(loss(trial));
    expect(await states(study)).toEqual(Array(5).fill('complete'));
    for await (const trial of study.run({ trials: '+2' })) await trial.complete(loss(trial));
    expect(await states(study)).toHaveLength(7);
    expect(() => study.run({ trials: '+2', totalTrials: 9 })).toThrow('expected trials or totalTrials');
    expect(() => study.run({ n_trials: 3 } as object)).toThrow('got n_trials');
  });

  test('gives the same trials as optimize for the same seed, whatever fails or is pruned', async () => {
    const ends = fc.array(fc.constantFrom('complete', 'fail', 'prune'), { minLength: 1, maxLength: 9 });
    await fc.assert(
      fc.asyncProperty(ends, fc.nat(1000), async (plan, seed) => {
        const [looped, called] = [await create(seed), await create(seed)];
        for await (const trial of looped.run({ totalTrials: plan.length })) {
          const end = plan[trial.number];
          if (end === 'fail') await trial.fail(new Error('by plan'));
          else if (end === 'prune') await trial.prune('by plan');
          else await trial.complete(loss(trial));
        }
        const { TrialPruned } = await import('../../src/index.js');
        await called.optimize(
          (trial) => {
            if (plan[trial.number] === 'fail') throw new Error('by plan');
            if (plan[trial.number] === 'prune') throw new TrialPruned('by plan');
            return loss(trial);
          },
          { totalTrials: plan.length, catch: true },
        );
        expect(await history(looped)).toEqual(await history(called));
        expect((await looped.trials()).map(({ reason }) => reason)).toEqual(
          (await called.trials()).map(({ reason }) => reason),
        );
      }),
      { numRuns: 12 },
    );
  });

  test('opens as many as may be open and does not wait for them, nor at its end', async () => {
    const study = await create();
    const open: RunningTrial<P>[] = [];
    for await (const trial of study.run({ trials: '+4', concurrency: 4 })) open.push(trial);
    expect(open.map(({ number }) => number)).toEqual([0, 1, 2, 3]);
    expect(await states(study)).toEqual(Array(4).fill('running'));
    expect(await Promise.all(open.map((trial) => trial.complete(loss(trial))))).toEqual(
      Array(4).fill('complete'),
    );
    expect(await states(study)).toEqual(Array(4).fill('complete'));
  });

  test('never has more open than may be, and hands out the next as soon as one ends', async () => {
    const study = await create();
    const open = new Set<RunningTrial<P>>();
    const sizes: number[] = [];
    for await (const trial of study.run({ trials: '+7', concurrency: 3 })) {
      open.add(trial);
      sizes.push(open.size);
      if (open.size < 3) continue;
      const [first] = open;
      open.delete(first as RunningTrial<P>);
      void first?.complete(loss(first));
    }
    expect(sizes).toEqual([1, 2, 3, 3, 3, 3, 3]);
    await Promise.all([...open].map((trial) => trial.complete(loss(trial))));
    expect(await states(study)).toEqual(Array(7).fill('complete'));
  });

  test('asks for a trial only when it is wanted: one that is awaited knows all results before it', async () => {
    const study = await create();
    for await (const trial of study.run({ trials: '+5', concurrency: 8 })) {
      expect(await states(study)).toHaveLength(trial.number + 1);
      await trial.complete(loss(trial));
    }
    const alone = await create();
    for await (const trial of alone.run({ trials: '+5' })) await trial.complete(loss(trial));
    expect(await history(study)).toEqual(await history(alone));
  });

  test('a trial without an end fails when the loop asks for the next one at concurrency 1', async () => {
    const study = await create();
    const given: RunningTrial<P>[] = [];
    for await (const trial of study.run({ trials: '+3', retries: 2 })) {
      given.push(trial);
      if (trial.number !== 1) await trial.complete(1);
    }
    expect(await states(study)).toEqual(['complete', 'fail', 'complete']);
    expect((await study.trials())[1]?.reason).toContain('before this one had an end');
    // It is told of its state, and does not fail the program.
    expect(given[1]?.signal.aborted).toBe(true);
    expect(await given[1]?.complete(1)).toBe('fail');
  });

  test.each(['break', 'throw'] as const)(
    'one fails when the loop is left by %s, and nothing more starts',
    async (how) => {
      const study = await create();
      const leave = async () => {
        const open: RunningTrial<P>[] = [];
        for await (const trial of study.run({ trials: '+9', concurrency: 3, retries: 2 })) {
          open.push(trial);
          if (open.length === 1) await trial.complete(1);
          if (open.length < 3) continue;
          if (how === 'throw') throw new Error('my defect');
          break;
        }
      };
      if (how === 'throw') await expect(leave()).rejects.toThrow('my defect');
      else await leave();
      expect(await states(study)).toEqual(['complete', 'fail', 'fail']);
      expect((await study.trials())[1]?.reason).toBe('the loop was left before this trial had an end');
      // The study is as good as before.
      for await (const trial of study.run({ trials: '+1' })) await trial.complete(1);
      expect(await states(study)).toEqual(['complete', 'fail', 'fail', 'complete']);
    },
  );

  test('a second end is refused, and so are values of the wrong shape, which leave the trial open', async () => {
    const study = await create();
    for await (const trial of study.run({ trials: '+1' })) {
      const odd = trial as unknown as RunningTrial<P, unknown>;
      for (const values of [undefined, [1, 2], { loss: 1 }, {}, '1'])
        await expect(odd.complete(values)).rejects.toMatchObject({ code: 'trial.values' });
      expect(await trial.complete({ objective: 3 })).toBe('complete');
      await expect(trial.complete(1)).rejects.toMatchObject({ code: 'trial.finished' });
      await expect(trial.fail()).rejects.toMatchObject({ code: 'trial.finished' });
    }
    expect((await study.trials())[0]?.values).toEqual([3]);
  });

  test('NaN fails a trial, and what a program gives as the reason is stored', async () => {
    const study = await create();
    const ends = [];
    for await (const trial of study.run({ trials: '+4' })) {
      if (trial.number === 0) ends.push(await trial.complete(Number.NaN));
      else if (trial.number === 1) ends.push(await trial.fail(new RangeError('no root')));
      else if (trial.number === 2) ends.push(await trial.fail('no data'));
      else ends.push(await trial.fail());
    }
    expect(ends).toEqual(Array(4).fill('fail'));
    expect((await study.trials()).map(({ reason }) => reason)).toEqual([
      'the objective objective is NaN',
      'RangeError: no root',
      'no data',
      'the program failed it',
    ]);
  });

  test('several objectives take values by their names, in any order', async () => {
    const study = await closing(
      createStudy({ objectives: { quality: 'maximize', cents: 'minimize' }, space, sampler: 'random' }),
    );
    for await (const trial of study.run({ trials: '+3' }))
      await trial.complete({ cents: 3 - trial.number, quality: trial.number });
    expect((await study.trials()).map(({ values }) => values)).toEqual([
      [0, 3],
      [1, 2],
      [2, 1],
    ]);
    expect((await study.bestTrials()).map(({ values, trials }) => [values, trials])).toEqual([
      [{ quality: 2, cents: 1 }, [2]],
    ]);
  });

  test('a target, a limit of failures and stop() end it', async () => {
    const ended = async (options: RunOptions, body: (trial: RunningTrial<P>, study: Study<P>) => unknown) => {
      const study = await create();
      for await (const trial of study.run({ ...options, totalTrials: 9 })) await body(trial, study);
      return states(study);
    };
    expect(await ended({ target: 2 }, (trial) => trial.complete(3 - trial.number))).toHaveLength(2);
    expect(await ended({ maxFailures: 3 }, (trial) => trial.fail())).toHaveLength(3);
    const stops = async (trial: RunningTrial<P>, study: Study<P>) => {
      if (trial.number === 1) study.stop();
      await trial.complete(1);
    };
    expect(await ended({}, stops)).toEqual(['complete', 'complete']);
  });

  test('parameters that a trial names, and attributes, are stored', async () => {
    const study = await closing(createStudy({ direction: 'minimize' }));
    for await (const trial of study.run({ trials: '+2' })) {
      const x = trial.suggestFloat('x', 0, 1);
      trial.attrs.set({ tokens: 5, gone: 1, list: [1, 'a', { b: null }] });
      trial.attrs.set({ gone: null, tokens: 6 });
      expect([trial.attrs.get('tokens'), trial.attrs.get('gone')]).toEqual([6, undefined]);
      expect(() => trial.attrs.set({ 'hpo:x': 1 })).toThrow('hpo:');
      await trial.complete(x);
    }
    const [first] = await study.trials();
    expect(first?.attrs).toEqual({ tokens: 6, list: [1, 'a', { b: null }] });
    expect(first?.params).toEqual({ x: first?.values?.[0] });
  });

  test('callbacks are called, and what they throw is thrown by the loop', async () => {
    const study = await create();
    const seen: unknown[] = [];
    const onTrialEnd = ({ number, state, params }: { number: number; state: string; params: P }) =>
      seen.push([number, state, typeof params.x]);
    for await (const trial of study.run({ trials: '+2', onTrialEnd })) await trial.complete(1);
    expect(seen).toEqual([
      [0, 'complete', 'number'],
      [1, 'complete', 'number'],
    ]);
    const throwing = () => {
      throw new Error('my defect');
    };
    const loop = async () => {
      for await (const trial of study.run({ trials: '+9', onTrialEnd: throwing })) await trial.complete(1);
    };
    await expect(loop()).rejects.toThrow('my defect');
    expect(await states(study)).toHaveLength(3);
  });
});
