import { describe, expect, test } from 'vitest';
import { float, int } from '../../../src/core/distribution.js';
import { makeRng } from '../../../src/core/rng.js';
import type { StudySpec } from '../../../src/core/spec.js';
import { ranked } from '../../../src/results/ranking.js';
import type { Study } from '../../../src/study/study.js';
import { done, failed, makeSpec, newStudy, rows, ScriptedExecutor, sweep, turn } from '../harness.js';

const MAX = 5;
const numbers = (count: number) => [{ name: 'n', distribution: int(0, count - 1) }];
const raced = (more: Partial<StudySpec> = {}) => makeSpec(numbers(8), { race: MAX, ...more });

/** A trainer whose loss is its number and some noise, the same for the same seed. */
const noisy = (spread: number, fails: (n: number, seed: number) => boolean = () => false) =>
  new ScriptedExecutor(({ params, seed }, hooks) => {
    const n = Number(params.n);
    if (fails(n, seed as number)) return failed(1);
    const value = n + spread * makeRng(seed as number, 'noise', n).normal();
    hooks.report([{ name: 'loss', step: null, value }]);
    return done;
  });

/** How many trials each configuration has. */
const counts = async (study: Study) => (await study.configurations()).map(({ trials }) => trials.length);

describe('a race for repeats', () => {
  test('runs every configuration once, and gives further seeds to those that may still be the best', async () => {
    const study = await newStudy(raced());
    const executor = noisy(0.3);
    expect(await sweep(study, executor)).toMatchObject({ end: 'exhausted' });
    const given = await counts(study);
    expect(Math.min(...given)).toBe(1);
    expect(Math.max(...given)).toBeGreaterThan(1);
    expect(given.every((count) => count <= MAX)).toBe(true);
    // The worst half is behind by ten times the noise.
    expect(given.slice(4)).toEqual([1, 1, 1, 1]);
    // All share the first seeds.
    expect(executor.started.slice(0, 8).map(({ params }) => params.n)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    const seeds = new Map<unknown, (number | null)[]>();
    for (const { params, seed } of executor.started)
      seeds.set(params.n, [...(seeds.get(params.n) ?? []), seed]);
    for (const own of seeds.values()) expect(own).toEqual(own.map((_, repeat) => study.seedOf(repeat)));
  });

  test('is the same when it is interrupted and resumed, with one trial at a time', async () => {
    const whole = await newStudy(raced());
    await sweep(whole, noisy(2));
    const expected = (await rows(whole)).map(({ params, seed, values }) => [params, seed, values]);
    expect(expected.length).toBeGreaterThan(12);
    const cut = await newStudy(raced());
    for (let trials = 3; (await rows(cut)).length < expected.length; trials += 4)
      await sweep(cut, noisy(2), { budget: Math.min(trials, expected.length) });
    await sweep(cut, noisy(2));
    expect((await rows(cut)).map(({ params, seed, values }) => [params, seed, values])).toEqual(expected);
  });

  test('a failed repeat uses up a seed and does not drop a good configuration', async () => {
    const study = await newStudy(raced());
    await sweep(
      study,
      noisy(0.3, (n, seed) => n === 0 && seed === study.seedOf(1)),
      { failures: { retries: 0, maxFailures: 99, maxConsecutiveFailures: null, retryDelay: null } as never },
    );
    const view = await study.view();
    const [best] = ranked(view.configs, { directions: view.directions, repeats: 1 });
    expect(best?.params.n).toBe(0);
    expect(best?.trials.map(({ state }) => state).slice(0, 2)).toEqual(['complete', 'fail']);
    expect(best?.trialCount).toBe((best?.trials.length ?? 0) - 1);
  });

  test('a pruned repeat uses up a seed and does not drop a good configuration', async () => {
    const study = await newStudy(raced({ pruner: { name: 'threshold', options: { upper: 50 } } }));
    const executor = new ScriptedExecutor(async ({ params, seed }, hooks) => {
      const n = Number(params.n);
      const isUnlucky = n === 0 && seed === study.seedOf(1);
      const noise = 0.3 * makeRng(seed as number, 'noise', n).normal();
      hooks.report([{ name: 'loss', step: 1, value: isUnlucky ? 99 : n + noise }]);
      for (let k = 0; k < 20 && !hooks.signal.aborted; k++) await turn();
      return hooks.signal.aborted ? failed(143) : done;
    });
    await sweep(study, executor);
    const view = await study.view();
    const [best] = ranked(view.configs, { directions: view.directions, repeats: 1 });
    expect(best?.params.n).toBe(0);
    expect(best?.trials.map(({ state }) => state).slice(0, 3)).toEqual(['complete', 'pruned', 'complete']);
    expect(best?.values?.[0]).toBeLessThan(1);
  });

  test('keeps a third of a budget for seeds where the sampler never ends, and the rest goes to new configurations', async () => {
    const spec = makeSpec([{ name: 'n', distribution: float(0, 100) }], {
      race: MAX,
      sampler: { name: 'random', options: {} },
    });
    const study = await newStudy(spec);
    await sweep(study, noisy(0.01), { budget: 30 });
    const given = await counts(study);
    expect(given.reduce((sum, count) => sum + count, 0)).toBe(30);
    expect(given.length).toBeGreaterThanOrEqual(20);
    expect(given.some((count) => count > 1)).toBe(true);
    const firsts = (await rows(study)).slice(0, 20).map(({ params }) => params.n);
    expect(new Set(firsts).size).toBe(20);
  });

  test('with a number of configurations it ends when the race is decided', async () => {
    const spec = makeSpec([{ name: 'n', distribution: float(0, 100) }], {
      race: MAX,
      sampler: { name: 'random', options: {} },
    });
    const study = await newStudy(spec);
    const { end } = await sweep(study, noisy(0.01), { configurations: 12 });
    expect(end).toBe('budget');
    const given = await counts(study);
    expect(given).toHaveLength(12);
    expect(Math.max(...given)).toBeLessThanOrEqual(MAX);
    expect(Math.max(...given)).toBeGreaterThan(1);
  });

  test('several objectives are refused: which of two is better has no answer', async () => {
    const objectives = ['a', 'b'].map(
      (metric) => ({ metric, direction: 'minimize', reduce: 'last' }) as const,
    );
    await expect(newStudy(raced({ objectives }))).rejects.toMatchObject({
      code: 'study.race-objectives',
      usage: true,
    });
  });
});
