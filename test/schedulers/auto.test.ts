import { describe, expect, test } from 'vitest';
import { withDefaults } from '../../src/core/component-options.js';
import { makeAsha } from '../../src/schedulers/asha.js';
import { makeAuto } from '../../src/schedulers/auto.js';
import { schedulers } from '../../src/schedulers/registry.js';
import type { Scheduler } from '../../src/schedulers/scheduler.js';
import { type Curve, SPACE, simulate, studyView } from './simulate.js';

const options = withDefaults(schedulers.find(({ name }) => name === 'auto')?.options ?? {}, {});
const auto = makeAuto(options);
const LAST = 27;

/** Falls from 1 to an end, the faster the higher the rate. */
const falling =
  (end: number, rate: number): Curve =>
  (step) =>
    end + (1 - end) * Math.exp(-rate * step);

const trainedBy = async (curves: readonly Curve[], resumable = true) =>
  simulate(auto, curves, { maxSteps: LAST, resumable });

describe('the scheduler auto', () => {
  test('looks at as many configurations as one full trial costs, and then finishes the best of them', async () => {
    const { log } = await trainedBy(
      Array.from({ length: 12 }, (_, k) => falling(0.2 + ((k + 4) % 9) / 10, 0.3)),
    );
    expect(log.slice(0, 9)).toEqual(Array.from({ length: 9 }, (_, k) => `start ${k} to 3`));
    expect(log.slice(9, 11)).toEqual(['continue 5 to 9', 'continue 5 to end']);
  });

  test('spends a fraction of the steps, and finds the best', async () => {
    const ends = Array.from({ length: 30 }, (_, k) => 0.1 + ((k * 7) % 30) / 40);
    const { trained, states } = await trainedBy(ends.map((end) => falling(end, 0.3)));
    const best = ends.indexOf(Math.min(...ends));
    expect(states[best]).toBe('complete');
    expect(trained.reduce((a, b) => a + b, 0)).toBeLessThan(0.5 * LAST * ends.length);
  });

  test('continues what will be best, though it is not ahead at the rung', async () => {
    // The more it lags early, the better it ends, and like configurations learn alike.
    const lag = (k: number) => (1 - Math.cos((2 * Math.PI * k) / 12)) / 2;
    const curves = Array.from({ length: 24 }, (_, k) => falling(0.5 - 0.4 * lag(k), 0.6 - 0.45 * lag(k)));
    const bestOf = async (scheduler: Scheduler) => {
      const { states } = await simulate(scheduler, curves, { maxSteps: LAST });
      return Math.max(...states.map((state, k) => (k >= 2 && state === 'complete' ? lag(k) : 0)));
    };
    expect(await bestOf(auto)).toBeGreaterThan(0.9);
    expect(await bestOf(makeAsha(options))).toBeLessThan(0.9);
  });

  test('when nothing new is asked for, only what may become the best is trained to its end', async () => {
    const curves = [falling(0.1, 0.3), falling(0.12, 0.3), falling(0.8, 0.3), falling(0.9, 0.3)];
    const { states } = await trainedBy(curves);
    expect(states).toEqual(['complete', 'complete', 'paused at 3', 'paused at 3']);
  });

  test('without checkpoints it stops the hopeless at a rung, once four configurations are complete', async () => {
    const ends = [0.2, 0.25, 0.3, 0.35, 0.4, 0.9, 0.95, 0.21, 0.97];
    const { states, trained } = await trainedBy(
      ends.map((end) => falling(end, 0.3)),
      false,
    );
    expect(states.slice(0, 4)).toEqual(Array.from({ length: 4 }, () => 'complete'));
    expect(states[8]).toBe('pruned');
    expect([3, 9]).toContain(trained[8]);
    expect(states[7]).toBe('complete');
  });

  test('every second new trial runs to its end, once the steps of ten full trials are spent', async () => {
    const { log } = await trainedBy(
      Array.from({ length: 50 }, (_, k) => falling(0.2 + ((k * 37) % 50) / 70, 0.3)),
    );
    const starts = log.filter((line) => line.startsWith('start'));
    const toEnd = starts.flatMap((line, k) => (line.endsWith('to end') ? [k] : []));
    const first = toEnd[0] as number;
    expect(first).toBeGreaterThan(9);
    expect(toEnd).toEqual(starts.flatMap((_, k) => (k >= first && k % 4 >= 2 ? [k] : [])));
  });

  test('a trial that reports what a complete one did is not continued', async () => {
    const ends = [0.2, 0.2, 0.5, 0.2, 0.6, 0.2, 0.7, 0.2, 0.8, 0.2];
    const { trained, states } = await trainedBy(ends.map((end) => falling(end, 0.3)));
    expect(states.filter((state) => state === 'complete')).toHaveLength(1);
    expect(trained.filter((steps) => steps === LAST)).toHaveLength(1);
  });

  test('says what it expects', async () => {
    const trials = Array.from({ length: 8 }, (_, number) => ({
      number,
      state: number < 2 ? ('complete' as const) : ('running' as const),
      steps: new Map(
        Array.from({ length: number < 2 ? LAST : 3 }, (_, t) => [t + 1, falling(0.1 * number, 0.3)(t + 1)]),
      ),
      pausedAt: number < 2 ? null : 3,
    }));
    const promotion = await auto.next({
      ...studyView(trials, LAST),
      space: SPACE,
      resumable: true,
      canAsk: false,
      canExploit: true,
      stepsLeft: null,
    });
    expect(
      promotion === null || ('trial' in promotion && /forecast|probability/.test(promotion.reason)),
    ).toBe(true);
  });
});
