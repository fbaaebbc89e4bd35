import { describe, expect, test } from 'vitest';
import { float, int } from '../../../src/core/distribution.js';
import { makeRng } from '../../../src/core/rng.js';
import type { StudySpec } from '../../../src/core/spec.js';
import { done, makeSpec, newStudy, results, ScriptedExecutor, sweep, trains, turn } from '../harness.js';

const numbers = (n: number, more: Partial<StudySpec> = {}) =>
  makeSpec([{ name: 'n', distribution: int(1, n) }], more);
const loss = (step: number, value: number) => ({ name: 'loss', step, value });

describe('the target', () => {
  test('ends the sweep once a configuration is at least as good, in either direction', async () => {
    for (const direction of ['minimize', 'maximize'] as const) {
      const study = await newStudy(
        numbers(9, { objectives: [{ metric: 'loss', direction, reduce: 'last' }] }),
      );
      const sign = direction === 'maximize' ? 1 : -1;
      const executor = new ScriptedExecutor(trains(({ n }) => sign * Number(n)));
      const { end, events } = await sweep(study, executor, { target: sign * 4 });
      expect([end, executor.started.length]).toEqual(['target', 4]);
      expect(events.at(-1)).toMatchObject({
        detail: `loss ${sign * 4} of trial 3 reaches the target ${sign * 4}`,
      });
      expect(events).toContainEqual({ type: 'stopping', why: 'target' });
      // Reached already: the next call starts nothing.
      const again = new ScriptedExecutor(trains(() => 0));
      expect((await sweep(study, again, { target: sign * 4 })).end).toBe('target');
      expect(again.started).toEqual([]);
      // A better target goes on.
      expect((await sweep(study, executor, { target: sign * 6 })).end).toBe('target');
      expect(executor.started).toHaveLength(6);
    }
  });

  test('counts the mean of all repeats only', async () => {
    const study = await newStudy(numbers(9, { repeats: 2, seeds: [1, 2] }));
    // Trial 0 alone would reach it; the mean of trials 2 and 3 does.
    const values = [0, 8, 2, 4];
    const executor = new ScriptedExecutor(trains((_, { trial }) => values[trial] ?? 9));
    expect((await sweep(study, executor, { target: 3 })).end).toBe('target');
    expect(await results(study)).toEqual(values.map((value) => `complete ${value}`));
  });

  test('lets running trials finish', async () => {
    const study = await newStudy(numbers(9));
    const executor = new ScriptedExecutor(async ({ trial }, hooks) => {
      if (trial === 0) for (let k = 0; k < 50; k++) await turn();
      hooks.report([loss(1, trial === 0 ? 7 : 1)]);
      return done;
    });
    expect((await sweep(study, executor, { target: 1, slots: 2 })).end).toBe('target');
    expect(await results(study)).toEqual(['complete 7', 'complete 1']);
  });

  test('needs a configuration that keeps the limits', async () => {
    const metricConstraints = [{ metric: 'mb', bound: 'max', limit: 100 }] as const;
    const study = await newStudy(numbers(4, { metricConstraints }));
    const executor = new ScriptedExecutor(({ trial }, hooks) => {
      hooks.report([loss(1, 0), { name: 'mb', step: null, value: trial === 2 ? 100 : 101 }]);
      return done;
    });
    expect((await sweep(study, executor, { target: 1 })).end).toBe('target');
    expect(executor.started).toHaveLength(3);
  });
});

describe('the budget of epochs', () => {
  test('counts every step of the study, and starts nothing once it is spent', async () => {
    const study = await newStudy(numbers(20));
    const executor = new ScriptedExecutor((_, hooks) => {
      hooks.report([1, 2, 3].map((step) => loss(step, step)));
      hooks.report([{ name: 'other', step: 3, value: 1 }]);
      hooks.report([{ name: 'other', step: null, value: 1 }]);
      return done;
    });
    const { end, events } = await sweep(study, executor, { epochs: 10 });
    expect([end, executor.started.length]).toEqual(['epochs', 4]);
    expect(events.at(-1)).toMatchObject({ detail: 'the trials have reported 12 epochs, the budget is 10' });
    expect((await sweep(study, executor, { epochs: 12 })).end).toBe('epochs');
    expect(executor.started).toHaveLength(4);
    expect((await sweep(study, executor, { epochs: 13 })).end).toBe('epochs');
    expect(executor.started).toHaveLength(5);
  });
});

describe('the terminator', () => {
  const x = [{ name: 'x', distribution: float(-1, 1) }];
  const noisy = trains(({ x }, { trial }) => Number(x) * Number(x) + 0.3 * makeRng(1, trial).normal());
  const more = { sampler: { name: 'gp', options: {} }, terminator: { name: 'improvement', options: {} } };

  test('ends a search whose gains are lost in the noise, and says why; another call ends at once', async () => {
    const study = await newStudy(makeSpec(x, more));
    const executor = new ScriptedExecutor(noisy);
    const { end, events } = await sweep(study, executor, { budget: 90, slots: 2 });
    expect(end).toBe('converged');
    expect(executor.started.length).toBeGreaterThanOrEqual(20);
    expect(executor.started.length).toBeLessThan(90);
    expect(events.at(-1)).toMatchObject({ detail: expect.stringContaining('noise') });
    const again = new ScriptedExecutor(noisy);
    expect((await sweep(study, again, { budget: 90 })).end).toBe('converged');
    expect(again.started).toEqual([]);
  });

  test('leaves queued and enqueued trials to be run', async () => {
    const study = await newStudy(makeSpec(x, more));
    await sweep(study, new ScriptedExecutor(noisy), { budget: 90 });
    await study.storage.enqueue(study.id, [{ x: 0.125 }]);
    const executor = new ScriptedExecutor(noisy);
    expect((await sweep(study, executor, { budget: 90 })).end).toBe('converged');
    expect(executor.started.map(({ params }) => params)).toEqual([{ x: 0.125 }]);
  });
});
