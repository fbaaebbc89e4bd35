import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { distance, nearest } from '../../src/config/nearest.js';

describe('nearest', () => {
  it.each([
    ['objectve', ['objective', 'sampler'], 'objective'],
    ['Sampler', ['objective', 'sampler'], 'sampler'],
    ['step_size', ['batch_size', 'learner.step_size'], 'learner.step_size'],
    ['learner.stepsize', ['learner.opt', 'learner.step_size'], 'learner.step_size'],
    ['mni', ['min', 'max'], 'min'],
    ['medain', ['none', 'median'], 'median'],
  ])('finds what %s meant', (name, candidates, meant) => {
    expect(nearest(name, candidates)).toBe(meant);
  });

  it('says nothing where nothing is close', () => {
    expect(nearest('wandb', ['objective', 'sampler', 'pruner'])).toBeNull();
    expect(nearest('x', [])).toBeNull();
  });

  it('finds a candidate itself, however long', () => {
    const name = fc.string({ minLength: 1, maxLength: 300 });
    fc.assert(
      fc.property(fc.uniqueArray(name, { minLength: 1, maxLength: 5 }), (names) => {
        const found = nearest(names[0]!, names);
        expect(found?.toLowerCase()).toBe(names[0]?.toLowerCase());
      }),
      { numRuns: 50 },
    );
  });

  it('counts edits: symmetric, zero only for the same, one for each change', () => {
    const word = fc.string({ maxLength: 12 });
    fc.assert(
      fc.property(word, word, (a, b) => {
        const d = distance(a, b);
        expect(d).toBe(distance(b, a));
        expect(d === 0).toBe(a === b);
        expect(d).toBeLessThanOrEqual(Math.max(a.length, b.length));
        expect(d).toBeGreaterThanOrEqual(Math.abs(a.length - b.length));
        expect(distance(a, `${a}x`)).toBe(1);
      }),
      { numRuns: 100 },
    );
    expect(distance('kitten', 'sitting')).toBe(3);
    expect(distance('ab', 'ba')).toBe(1);
  });
});
