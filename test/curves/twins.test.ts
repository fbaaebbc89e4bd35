import { describe, expect, test } from 'vitest';
import type { LearningCurve } from '../../src/curves/learning-curves.js';
import { withTwins } from '../../src/curves/twins.js';

/** The curve of a trial with its losses from step 1 on; a complete one has its last loss as its objective. */
const curve = (trial: number, losses: readonly number[], isComplete: boolean): LearningCurve => ({
  trial,
  config: trial,
  steps: Float64Array.from(losses, (_, t) => t + 1),
  losses: Float64Array.from(losses),
  final: isComplete ? (losses.at(-1) as number) : null,
});

/** The objectives that the curves have. */
const finalsOf = (curves: readonly LearningCurve[]) => withTwins(curves).map(({ final }) => final);

describe('a trial that reports what a complete one did', () => {
  test('comes to the value of that', () => {
    const curves = [
      curve(0, [0.9, 0.7, 0.4], true),
      curve(1, [0.8, 0.6, 0.3], true),
      curve(2, [0.9, 0.7], false),
    ];
    expect(finalsOf(curves)).toEqual([0.4, 0.3, 0.4]);
  });

  test('but not where one report differs, or where it has come further', () => {
    expect(finalsOf([curve(0, [0.9, 0.7, 0.4], true), curve(1, [0.9, 0.71], false)])).toEqual([0.4, null]);
    expect(finalsOf([curve(0, [0.9, 0.7], true), curve(1, [0.9, 0.7, 0.6], false)])).toEqual([0.7, null]);
  });

  test('nor after one report, or equal ones, which say that nothing is learned yet', () => {
    const slow = curve(0, [0.9, 0.9, 0.4], true);
    expect(finalsOf([slow, curve(1, [0.9], false), curve(2, [0.9, 0.9], false)])).toEqual([0.4, null, null]);
  });

  test('nor where two complete trials agreed so far and then came to different values', () => {
    const coarse = [curve(0, [0.9, 0.7, 0.4], true), curve(1, [0.9, 0.7, 0.5], true)];
    const other = curve(2, [0.8, 0.6, 0.3], true);
    expect(finalsOf([...coarse, other, curve(3, [0.8, 0.6], false)]).at(-1)).toBeNull();
    expect(finalsOf([...coarse, other, curve(3, [0.8, 0.6, 0.3], false)]).at(-1)).toBe(0.3);
  });

  test('nor where the same losses were reported at other steps', () => {
    const late = { ...curve(1, [0.9, 0.7], false), steps: Float64Array.of(1, 3) };
    expect(finalsOf([curve(0, [0.9, 0.7, 0.4], true), late])).toEqual([0.4, null]);
  });
});
