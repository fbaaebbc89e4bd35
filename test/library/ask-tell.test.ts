import { describe, expect, test } from 'vitest';
import { createStudy, float, int, loadStudy, type Pruner, type Sampler } from '../../src/index.js';
import { closing, sqliteUrl } from './support.js';

const space = { x: float(-5, 5), n: int(1, 4) };

describe('ask and tell', () => {
  test('tell takes a trial or its number, here or where the study is opened again', async () => {
    const storage = sqliteUrl();
    const study = await createStudy({ name: 's', storage, direction: 'minimize', sampler: 'random', space });
    const [first, second, third] = [await study.ask(), await study.ask(), await study.ask()];
    await study.tell(first, 1);
    await study.tell(second.number, { state: 'fail', reason: 'out of memory' });
    await study.close();
    const again = await closing(loadStudy({ name: 's', storage }));
    await again.tell(third, 0.5);
    expect((await again.trials()).map(({ state, values, reason }) => [state, values, reason])).toEqual([
      ['complete', [1], null],
      ['fail', null, 'out of memory'],
      ['complete', [0.5], null],
    ]);
    await expect(again.tell(third, 0.5)).rejects.toMatchObject({ code: 'trial.finished' });
    await expect(again.tell(99, 0.5)).rejects.toMatchObject({ code: 'trial.finished' });
  });

  test('what is asked for reports, is judged, and keeps its last value when it is pruned', async () => {
    const study = await closing(
      createStudy({
        direction: 'minimize',
        sampler: 'random',
        space,
        pruner: { name: 'threshold', upper: 10 },
      }),
    );
    const trial = await study.ask();
    trial.report({ objective: 3, accuracy: 0.5 }, 0);
    expect(await trial.shouldPrune()).toBe(false);
    trial.report(11, 1);
    trial.report(4, 2);
    expect(await trial.shouldPrune()).toBe(true);
    await study.tell(trial, { state: 'pruned' });
    const [row] = await study.trials();
    expect(row).toMatchObject({ state: 'pruned', values: [11], metrics: { objective: 11, accuracy: 0.5 } });
    expect(row?.reason).toContain('11');
  });

  test('what is infinitely good is a failure with a reason, and what is infinitely bad a result', async () => {
    const study = await closing(
      createStudy({ directions: ['minimize', 'maximize'], sampler: 'random', space }),
    );
    await study.tell(await study.ask(), [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]);
    await study.tell(await study.ask(), [Number.NEGATIVE_INFINITY, 1]);
    await study.tell(await study.ask(), [1, Number.POSITIVE_INFINITY]);
    const trials = await study.trials();
    expect(trials.map(({ state }) => state)).toEqual(['complete', 'fail', 'fail']);
    expect(trials.map(({ reason }) => reason)).toEqual([
      null,
      expect.stringContaining('is -inf, which is infinitely good'),
      expect.stringContaining('is inf, which is infinitely good'),
    ]);
  });

  test('tell takes a value for a pruned trial, and NaN is a failure', async () => {
    const study = await closing(createStudy({ direction: 'minimize', sampler: 'random', space }));
    await study.tell(await study.ask(), { state: 'pruned', values: [7] });
    await study.tell(await study.ask(), { state: 'pruned' });
    await study.tell(await study.ask(), Number.NaN);
    expect((await study.trials()).map(({ state, values }) => [state, values])).toEqual([
      ['pruned', [7]],
      ['pruned', null],
      ['fail', null],
    ]);
  });

  test('what is no result is refused, and tell still takes the trial', async () => {
    const study = await closing(createStudy({ direction: 'minimize', sampler: 'random', space }));
    const trial = await study.ask();
    for (const odd of [undefined, null, '1', { loss: 1 }, ['1'], { state: 'failed' }])
      await expect(study.tell(trial, odd as never)).rejects.toMatchObject({ code: 'trial.values' });
    await study.tell(trial, 1);
    expect(await study.trials()).toMatchObject([{ state: 'complete', values: [1] }]);
  });

  test.each([
    [{ seed: 'a' }, 'study.seed'],
    [{ seed: 1.5 }, 'study.seed'],
    [{ space: { x: { min: 0, max: 1 } } }, 'study.space'],
    [{ space: { x: [1, 2] } }, 'study.space'],
  ])('%j is refused before a study is made of it', async (odd, code) => {
    await expect(createStudy({ direction: 'minimize', ...(odd as object) })).rejects.toMatchObject({ code });
  });

  test('an asked trial names its parameters itself where nobody declared them', async () => {
    const storage = sqliteUrl();
    const study = await createStudy({ name: 's', storage, direction: 'minimize' });
    for (let k = 0; k < 5; k++) {
      const trial = await study.ask();
      const x = trial.suggestFloat('x', 0, 1);
      expect(trial.params).toEqual({ x });
      await study.tell(trial, x);
    }
    await study.close();
    // What the objective has named so far is no declared space.
    const declared = loadStudy({ name: 's', storage, space: { x: float(0, 1) } });
    await expect(declared).rejects.toMatchObject({ code: 'study.changed' });
    const again = await closing(loadStudy({ name: 's', storage }));
    expect((await again.trials()).map(({ values, params }) => values?.[0] === params.x)).toEqual(
      Array(5).fill(true),
    );
  });

  test('enqueued configurations are asked for first, and bad ones are refused at once', async () => {
    const study = await closing(createStudy({ direction: 'minimize', sampler: 'random', space }));
    await study.enqueue({ x: 2, n: 3 });
    expect((await study.ask()).params).toEqual({ x: 2, n: 3 });
    await expect(study.enqueue({ x: 6 })).rejects.toMatchObject({ code: 'enqueue.bad-value' });
    await expect(study.enqueue({ x: 2, n: 3 })).rejects.toMatchObject({ code: 'enqueue.duplicate' });
  });
});

describe('loadStudy', () => {
  test('says which studies there are, and refuses another space', async () => {
    const storage = sqliteUrl();
    await (await createStudy({ name: 's', storage, direction: 'minimize', space })).close();
    await expect(loadStudy({ name: 'other', storage })).rejects.toMatchObject({
      code: 'study.not-found',
      fix: 'use one of s',
    });
    const wider = loadStudy({ name: 's', storage, space: { ...space, x: float(-9, 9) } });
    await expect(wider).rejects.toMatchObject({ code: 'study.changed' });
    const typed = await closing(loadStudy({ name: 's', storage, space }));
    expect((await typed.ask()).params.x).toBeTypeOf('number');
  });
});

describe('options', () => {
  test.each([
    [{}, 'study.directions'],
    [{ direction: 'minimize', directions: ['minimize'] }, 'study.directions'],
    [{ direction: 'down' }, 'study.directions'],
    [{ direction: 'minimize', metrics: ['a', 'b'] }, 'study.metrics'],
    [{ direction: 'minimize', repeats: 0 }, 'study.repeats'],
    [{ direction: 'minimize', smapler: 'tpe' }, 'study.unknown-option'],
    [{ direction: 'minimize', sampler: 'bogus' }, 'study.unknown-sampler'],
    [{ direction: 'minimize', sampler: { name: 'tpe', startup: 3 } }, 'options.unknown'],
    [{ direction: 'minimize', sampler: { name: 'tpe', candidates: 0 } }, 'options.bad-value'],
    [{ direction: 'minimize', pruner: { name: 'patient', around: 'bogus' } }, 'study.unknown-pruner'],
    [{ direction: 'minimize', sampler: 'grid' }, 'grid.not-finite'],
    [{ directions: ['minimize', 'maximize'], sampler: 'cmaes' }, 'sampler.one-objective'],
  ])('%j is refused with %s', async (options, code) => {
    await expect(createStudy({ space, ...options } as never)).rejects.toMatchObject({ code, usage: true });
  });
});

describe('parts of your own', () => {
  /** Always the middle of what is left of the range, from the results it sees. */
  const halving: Sampler = {
    sample: (_, { configs }, { index, rng }) => ({
      params: { x: index === 0 ? 0 : rng.float() * 2 ** -configs.length, n: 1 + (index % 4) },
      attrs: { seen: configs.length },
    }),
  };

  test('a sampler sees what came before, and its point is what the trial gets', async () => {
    const study = await closing(createStudy({ direction: 'minimize', sampler: halving, space }));
    await study.optimize(({ params }) => params.x, { trials: 6 });
    const trials = await study.trials();
    for (const [k, { params }] of trials.entries()) {
      expect(params.x).toBeLessThanOrEqual(2 ** -k);
      expect(params.n).toBe(1 + (k % 4));
    }
  });

  test('a pruner decides', async () => {
    const third: Pruner = {
      decide: ({ steps }) => ({ prune: steps.size === 3, reason: 'three are enough' }),
    };
    const study = await closing(
      createStudy({ direction: 'minimize', sampler: halving, pruner: third, space }),
    );
    await study.optimize(
      async (trial) => {
        for (let step = 0; ; step++) {
          trial.report(step, step);
          if (await trial.shouldPrune()) return 0;
        }
      },
      { trials: 2 },
    );
    expect((await study.trials()).map(({ state, values, reason }) => [state, values, reason])).toEqual(
      Array(2).fill(['pruned', [2], 'three are enough']),
    );
  });

  test.each([
    [
      'throws',
      () => {
        throw new Error('my defect');
      },
      'the sampler own threw at configuration 0: my defect',
    ],
    ['proposes what lies outside', () => ({ params: { x: 99, n: 1 } }), 'the sampler proposed 99 for x'],
    ['leaves a parameter out', () => ({ params: { x: 0 } }), 'the sampler proposed undefined for n'],
    ['returns nothing', () => undefined, "expected { params: {...} } or { exhausted: 'why' }"],
    ['leaves out all, later', async () => ({ params: {} }), 'the sampler proposed undefined for x'],
    [
      'rejects',
      () => Promise.reject(new Error('my service is away')),
      'the sampler own threw at configuration 0: my service is away',
    ],
  ])('a sampler that %s is told of', async (_, sample, message) => {
    const sampler = { sample } as unknown as Sampler;
    const study = await closing(createStudy({ direction: 'minimize', sampler, space }));
    await expect(study.optimize(() => 1, { trials: 2 })).rejects.toThrow(message);
  });

  test.each([
    [
      'throws',
      () => {
        throw new Error('my defect');
      },
      'the pruner own threw at trial 0: my defect',
    ],
    ['decides nothing', () => ({ stop: true }), 'expected { prune: true or false'],
  ])('a pruner that %s is told of', async (_, decide, message) => {
    const pruner = { decide } as unknown as Pruner;
    const study = await closing(createStudy({ direction: 'minimize', sampler: halving, pruner, space }));
    const run = study.optimize(
      async (trial) => {
        trial.report(1, 0);
        await trial.shouldPrune();
        return 1;
      },
      { trials: 1 },
    );
    await expect(run).rejects.toThrow(message);
  });

  test('a sampler that has no more ends the search', async () => {
    const one: Sampler = {
      sample: (_, { configs }) =>
        configs.length > 0 ? { exhausted: 'one was enough' } : { params: { x: 1, n: 1 } },
    };
    const study = await closing(createStudy({ direction: 'minimize', sampler: one, space }));
    expect(await study.optimize(() => 1)).toEqual({ end: 'exhausted', detail: 'one was enough' });
  });

  test('a study is looked at without them, and asked only with them', async () => {
    const storage = sqliteUrl();
    const study = await createStudy({ name: 's', storage, direction: 'minimize', sampler: halving, space });
    await study.optimize(({ params }) => params.x, { trials: 3 });
    await study.close();
    const without = await closing(loadStudy({ name: 's', storage }));
    expect(await without.best()).toMatchObject({ trialCount: 1 });
    await expect(without.ask()).rejects.toMatchObject({ code: 'sampler.not-here' });
    const whole = await closing(loadStudy({ name: 's', storage, sampler: halving }));
    expect((await whole.ask()).params.n).toBe(4);
  });
});
