import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createStudy, loadStudy, type Trial } from '../../src/index.js';
import { closing, history, sqliteUrl } from './support.js';

/** As people write them: a range that depends on a choice, and a parameter that only one choice has. */
const branching = (trial: Trial) => {
  const x = trial.suggestFloat('x', -3, 3);
  const kind = trial.suggestCategorical('kind', ['plain', 'deep']);
  const layers = kind === 'deep' ? trial.suggestInt('layers', 2, 6) : 1;
  return x ** 2 + 1 / layers;
};
const make = (more: object = {}) =>
  closing(createStudy({ direction: 'minimize', sampler: 'tpe', seed: 3, ...more }));

describe('an objective that names its parameters', () => {
  test.each(['auto', 'tpe', 'gp', 'cmaes', 'random', 'qmc', 'nsga2'])(
    'is searched by %s: its trials have what they named, inside what they named',
    async (sampler) => {
      const study = await make({ sampler });
      await study.optimize(branching, { trials: 25 });
      const trials = await study.trials();
      expect(trials).toHaveLength(25);
      for (const { params, values, state } of trials) {
        const { x, kind, layers } = params as { x: number; kind: string; layers?: number };
        expect(state).toBe('complete');
        expect(values).toEqual([x ** 2 + 1 / (layers ?? 1)]);
        expect(Object.keys(params)).toEqual(kind === 'deep' ? ['x', 'kind', 'layers'] : ['x', 'kind']);
        expect(Math.abs(x)).toBeLessThanOrEqual(3);
      }
      const best = await study.best();
      expect(trials[best?.trials[0] ?? -1]?.params).toEqual(best?.params);
    },
  );

  test('a sampler that learns finds more than one that does not', async () => {
    const objective = (trial: Trial) =>
      Array.from({ length: 4 }, (_, k) => trial.suggestFloat(`x${k}`, -5, 5) ** 2).reduce((a, b) => a + b);
    const losses = await Promise.all(
      ['gp', 'random'].map(async (sampler) => {
        const study = await make({ sampler });
        await study.optimize(objective, { trials: 40 });
        return (await study.best())?.value ?? Number.NaN;
      }),
    );
    expect(losses[0]).toBeLessThan((losses[1] as number) / 4);
  });

  test('names of one trial that have nothing to do with each other are drawn apart', async () => {
    const study = await make({ sampler: 'qmc' });
    await study.optimize((trial) => trial.suggestFloat('a', 0, 1) - trial.suggestFloat('b', 0, 1), {
      trials: 1,
    });
    const [first] = await study.trials();
    expect(first?.params.a).not.toBe(first?.params.b);
  });

  test('the same name has the same value within a trial, and lattices and bounds hold', async () => {
    const property = fc.asyncProperty(fc.nat(), fc.integer({ min: 1, max: 5 }), async (seed, step) => {
      const study = await make({ seed, sampler: 'random' });
      await study.optimize(
        (trial) => {
          const n = trial.suggestInt('n', -10, 20, { step });
          expect(trial.suggestInt('n', -10, 20, { step })).toBe(n);
          expect((n + 10) % step).toBe(0);
          const rate = trial.suggestFloat('rate', 1e-5, 1e-1, { log: true });
          expect(rate >= 1e-5 && rate <= 1e-1).toBe(true);
          expect([0, 0.25, 0.5, 0.75, 1]).toContain(trial.suggestFloat('p', 0, 1, { step: 0.25 }));
          expect(trial.params).toEqual({ n, rate, p: trial.params.p });
          return rate;
        },
        { trials: 4 },
      );
      await study.close();
    });
    await fc.assert(property, { numRuns: 20 });
  });

  test('a range may move: what was proposed outside it is drawn again', async () => {
    const study = await make();
    await study.optimize((trial) => trial.suggestFloat('x', trial.number, trial.number + 1), { trials: 12 });
    for (const { number, params } of await study.trials()) {
      expect(params.x).toBeGreaterThanOrEqual(number);
      expect(params.x).toBeLessThanOrEqual(number + 1);
    }
  });

  test.each([
    ['another kind', (t: Trial) => t.suggestInt('x', 0, 1), 'trial.distribution-changed'],
    ['another scale', (t: Trial) => t.suggestFloat('x', 0.1, 1, { log: true }), 'trial.distribution-changed'],
  ])('%s under a name of before is refused', async (_, other, code) => {
    const study = await make();
    await study.optimize((trial) => trial.suggestFloat('x', 0, 1), { trials: 1 });
    await expect(study.optimize(other, { trials: 5 })).rejects.toMatchObject({ code });
    expect((await study.trials()).map(({ state }) => state)).toEqual(['complete', 'fail']);
  });

  test('other choices are refused, as Optuna does', async () => {
    const study = await make();
    await study.optimize((trial) => trial.suggestCategorical('k', [1, 2]), { trials: 1 });
    await expect(
      study.optimize((trial) => trial.suggestCategorical('k', [1, 2, 3]), { trials: 2 }),
    ).rejects.toMatchObject({ code: 'trial.distribution-changed' });
  });

  test('grid is refused: nobody can list what is not known', async () => {
    await expect(make({ sampler: 'grid' })).rejects.toMatchObject({ code: 'sampler.define-by-run' });
  });

  test('a space of few points is not exhausted: its points are tried again', async () => {
    const study = await make({ sampler: 'random' });
    await study.optimize((trial) => Number(trial.suggestCategorical('k', [1, 2])), { trials: 6 });
    expect((await study.trials()).map(({ state }) => state)).toEqual(Array(6).fill('complete'));
  });

  test('several trials at a time, and repeats, which have the same parameters', async () => {
    const study = await make({ repeats: 2 });
    await study.optimize(branching, { trials: 20, concurrency: 4 });
    const trials = await study.trials();
    expect(trials).toHaveLength(20);
    const texts = trials.map(({ params }) => JSON.stringify(params));
    for (const text of texts) expect(texts.filter((other) => other === text)).toHaveLength(2);
    expect((await study.best())?.trialCount).toBe(2);
  });
});

describe('a declared space', () => {
  test('answers for its own names and refuses others', async () => {
    const { float } = await import('../../src/index.js');
    const study = await closing(
      createStudy({ direction: 'minimize', sampler: 'random', space: { x: float(0, 1) } }),
    );
    await study.optimize(
      (trial) => {
        expect(trial.suggestFloat('x', 0, 1)).toBe(trial.params.x);
        return trial.params.x;
      },
      { trials: 2 },
    );
    const other = study.optimize((trial) => trial.suggestFloat('y', 0, 1), { trials: 3 });
    await expect(other).rejects.toMatchObject({ code: 'trial.not-declared' });
  });
});

describe('enqueued', () => {
  test('configurations come first, whole or in part, before anybody knows their names', async () => {
    const study = await make();
    expect(await study.enqueue({ x: 1.5 })).toBe(0);
    expect(await study.enqueue({ kind: 'deep', layers: 4 })).toBe(1);
    await study.optimize(branching, { trials: 4 });
    const [first, second] = await study.trials();
    expect(first?.params.x).toBe(1.5);
    expect(second?.params).toMatchObject({ kind: 'deep', layers: 4 });
  });

  test('a value outside what its trial suggests fails the trial with its reason', async () => {
    const study = await make();
    await study.enqueue({ x: 17 });
    await study.optimize(branching, { trials: 3, catch: true });
    const [first, ...rest] = await study.trials();
    expect(first).toMatchObject({ state: 'fail' });
    expect(first?.reason).toContain('it was enqueued with 17');
    expect(rest.map(({ state }) => state)).toEqual(['complete', 'complete']);
  });
});

describe('resuming', () => {
  test('a study that was stopped after or during any trial resumes as if it had not been', async () => {
    const objective = (trial: Trial) => branching(trial) + trial.suggestFloat('y', 0, 1);
    const whole = await make({ name: 's' });
    await whole.optimize(objective, { trials: 14 });
    const storage = sqliteUrl();
    const part = await createStudy({ name: 's', storage, direction: 'minimize', sampler: 'tpe', seed: 3 });
    await part.optimize(objective, { trials: 5 });
    await part.close();
    const stop = new AbortController();
    const again = await loadStudy({ name: 's', storage });
    await again.optimize(
      (trial) => {
        // Half of what it will name is named when it is stopped.
        trial.suggestFloat('x', -3, 3);
        if (trial.number !== 9) return objective(trial);
        stop.abort();
        return 0;
      },
      { trials: 14, signal: stop.signal },
    );
    await again.close();
    const last = await closing(loadStudy({ name: 's', storage }));
    expect(await last.trials()).toHaveLength(10);
    await last.optimize(objective, { trials: 14 });
    expect(await history(last)).toEqual(await history(whole));
  });

  test('createStudy resumes it, and a given space is refused', async () => {
    const { float } = await import('../../src/index.js');
    const storage = sqliteUrl();
    const options = { name: 's', storage, direction: 'minimize', loadIfExists: true } as const;
    const first = await createStudy(options);
    await first.optimize(branching, { trials: 3 });
    await first.close();
    const second = await closing(createStudy(options));
    await second.optimize(branching, { trials: 5 });
    expect(await second.trials()).toHaveLength(5);
    const declared = createStudy({ ...options, space: { x: float(0, 1) } });
    await expect(declared).rejects.toMatchObject({ code: 'study.changed' });
    await expect(createStudy({ ...options, loadIfExists: false })).rejects.toMatchObject({
      code: 'storage.study-exists',
      fix: expect.stringContaining('loadIfExists: true'),
    });
  });
});
