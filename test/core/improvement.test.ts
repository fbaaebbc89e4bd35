import { describe, expect, test } from 'vitest';
import { stallOf } from '../../src/core/improvement.js';
import type { StudyView } from '../../src/core/study-view.js';
import { config, viewOf } from '../samplers/support.js';

/** A study with one configuration for each of these values. */
function values(...each: readonly (number | null)[]): StudyView {
  return viewOf(
    each.map((value, k) => config(k, { x: k }, { value, state: value === null ? 'fail' : 'complete' })),
  );
}

describe('the trials since the last improvement', () => {
  test('are those after the best one', () => {
    expect(stallOf(values(3, 1, 2, 5), 1)).toEqual({ trials: 2, since: 1 });
    expect(stallOf(values(3, 2, 1), 1)).toEqual({ trials: 0, since: 2 });
  });

  test('include those that equal the best, and none that failed', () => {
    expect(stallOf(values(1, 1, 1), 1)).toEqual({ trials: 2, since: 0 });
    expect(stallOf(values(1, null, null, 2), 1)).toEqual({ trials: 1, since: 0 });
  });

  test('are counted upwards where the objective is maximized', () => {
    const view = { ...values(3, 1, 2), directions: ['maximize'] } as const;
    expect(stallOf(view, 1)).toEqual({ trials: 2, since: 0 });
  });

  test('begin with the first feasible result', () => {
    expect(stallOf(values(), 1)).toBeNull();
    const broken = config(0, { x: 0 }, { value: 0, violations: [1] });
    expect(stallOf(viewOf([broken]), 1)).toBeNull();
    const kept = config(1, { x: 1 }, { value: 9, violations: [-1] });
    expect(stallOf(viewOf([broken, kept, config(2, { x: 2 }, { value: 0, violations: [2] })]), 1)).toEqual({
      trials: 1,
      since: 1,
    });
  });

  test('include neither pruned nor running ones', () => {
    const others = (['pruned', 'running'] as const).map((state, k) =>
      config(k + 1, { x: k + 1 }, { state, value: 5 }),
    );
    expect(stallOf(viewOf([config(0, { x: 0 }, { value: 1 }), ...others]), 1)).toEqual({
      trials: 0,
      since: 0,
    });
  });
});

test('with several objectives what changes the Pareto front is an improvement', () => {
  const front = (...points: readonly (readonly number[])[]) =>
    viewOf(
      points.map((each, k) => config(k, { x: k }, { values: each })),
      ['minimize', 'minimize'],
    );
  expect(stallOf(front([1, 3], [3, 1], [3, 3]), 1)).toEqual({ trials: 1, since: 1 });
  expect(stallOf(front([1, 3], [3, 1], [2, 2]), 1)).toEqual({ trials: 0, since: 2 });
  expect(stallOf(front([1, 3], [3, 1], [3, 1], [4, 1]), 1)).toEqual({ trials: 2, since: 1 });
});

test('a configuration counts when all of its repeats are complete', () => {
  const repeated = (k: number, value: number, numbers: readonly number[], done = numbers.length) => {
    const one = config(k, { x: k }, { value });
    const trials = numbers.map((number, at) => ({
      ...(one.trials[0] as (typeof one.trials)[number]),
      number,
      state: at < done ? ('complete' as const) : ('running' as const),
    }));
    return { ...one, trials, trialCount: done };
  };
  const view = viewOf([repeated(0, 2, [0, 2]), repeated(1, 3, [1, 3]), repeated(2, 1, [4, 5], 1)]);
  expect(stallOf(view, 2)).toEqual({ trials: 2, since: 2 });
  const later = viewOf([repeated(0, 2, [0, 2]), repeated(1, 3, [1, 3]), repeated(2, 1, [4, 5])]);
  expect(stallOf(later, 2)).toEqual({ trials: 0, since: 5 });
});
