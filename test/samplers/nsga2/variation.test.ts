import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { makeRng } from '../../../src/core/rng.js';
import { mean } from '../../../src/core/stats.js';
import { crossNumbers, mutateNumber } from '../../../src/samplers/nsga2/variation.js';

const unit = fc.double({ min: 0, max: 1, noNaN: true });
const many = (draw: (k: number) => number) => Array.from({ length: 4000 }, (_, k) => draw(k));

describe('crossover of numbers', () => {
  test('stays in the unit interval, whatever the parents', () => {
    fc.assert(
      fc.property(unit, unit, fc.nat(), (a, b, seed) => {
        const child = crossNumbers(a, b, makeRng(seed));
        expect(child).toBeGreaterThanOrEqual(0);
        expect(child).toBeLessThanOrEqual(1);
      }),
    );
  });

  test('has the mean of its parents in the middle, lies near either of them, and copies equal ones', () => {
    const rng = makeRng(1, 'cross');
    const children = many(() => crossNumbers(0.4, 0.6, rng));
    expect(mean(children)).toBeCloseTo(0.5, 1);
    const near = (parent: number) => children.filter((child) => Math.abs(child - parent) < 0.03).length;
    expect(near(0.4)).toBeGreaterThan(1500);
    expect(near(0.6)).toBeGreaterThan(1500);
    expect(crossNumbers(0.3, 0.3, rng)).toBe(0.3);
  });
});

describe('mutation of a number', () => {
  test('stays in the unit interval and reaches all of it, from its bounds too', () => {
    fc.assert(
      fc.property(unit, fc.nat(), (x, seed) => {
        const mutated = mutateNumber(x, makeRng(seed));
        expect(mutated).toBeGreaterThanOrEqual(0);
        expect(mutated).toBeLessThanOrEqual(1);
      }),
    );
    const rng = makeRng(1, 'mutate');
    expect(Math.max(...many(() => mutateNumber(0, rng)))).toBeGreaterThan(0.5);
    expect(Math.min(...many(() => mutateNumber(1, rng)))).toBeLessThan(0.5);
  });

  test('goes up as often as down, mostly a small step', () => {
    const rng = makeRng(2, 'mutate');
    const steps = many(() => mutateNumber(0.5, rng) - 0.5);
    expect(Math.abs(mean(steps))).toBeLessThan(0.01);
    expect(steps.filter((step) => Math.abs(step) < 0.2).length).toBeGreaterThan(2700);
  });
});
