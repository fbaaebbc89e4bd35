import { describe, expect, test } from 'vitest';
import { categorical, type Distribution, float, int, type ParamValue } from '../../src/core/distribution.js';
import { makeRng } from '../../src/core/rng.js';
import { makeSpace } from '../../src/core/space.js';
import { loadSampler, viewOf } from './support.js';

const random = await loadSampler('random');
const view = viewOf([]);

function draws(distribution: Distribution, count: number): ParamValue[] {
  const space = makeSpace([{ name: 'x', distribution }]);
  return Array.from({ length: count }, (_, index) => {
    const proposal = random.sample(space, view, { index, rng: makeRng(5, 'ask', index) });
    if (!('params' in proposal)) throw new Error('exhausted');
    return proposal.params.x as ParamValue;
  });
}

/** Pearson's statistic of draws against equal shares of `bins`. */
function chiSquare(
  values: readonly ParamValue[],
  binOf: (value: ParamValue) => number,
  bins: number,
): number {
  const counts = new Array<number>(bins).fill(0);
  for (const value of values) counts[binOf(value)]!++;
  const expected = values.length / bins;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

// Ten bins, so nine degrees of freedom: 27.9 is passed once in a thousand; the seeds are fixed.
const LIMIT = 27.9;

describe('random draws are uniform', () => {
  test.each<[string, Distribution, (value: ParamValue) => number]>([
    ['over a range', float(-2, 3), (x) => Math.floor((Number(x) + 2) * 2)],
    [
      'in the logarithm of a log range',
      float(1e-5, 1, { log: true }),
      (x) => Math.floor((Math.log10(Number(x)) + 5) * 2),
    ],
    ['over a lattice', float(0, 0.9, { step: 0.1 }), (x) => Math.round(Number(x) * 10)],
    ['over integers, bounds included', int(3, 12), (x) => Number(x) - 3],
    ['over stepped integers', int(0, 90, { step: 10 }), (x) => Number(x) / 10],
    ['over choices', categorical([...'abcdefghij']), (x) => 'abcdefghij'.indexOf(String(x))],
  ])('%s', (_, distribution, binOf) => {
    expect(chiSquare(draws(distribution, 5000), binOf, 10)).toBeLessThan(LIMIT);
  });

  test('log integers get the share of their logarithm, with half a unit to each side', () => {
    const values = draws(int(1, 8, { log: true }), 8000);
    const whole = Math.log(8.5 / 0.5);
    for (let k = 1; k <= 8; k++) {
      const share = Math.log((k + 0.5) / (k - 0.5)) / whole;
      expect(values.filter((x) => x === k).length / values.length).toBeCloseTo(share, 1);
    }
  });

  test('parameters do not follow each other', () => {
    const space = makeSpace(['x', 'y'].map((name) => ({ name, distribution: int(0, 2) })));
    const cells = Array.from({ length: 4500 }, (_, index) => {
      const proposal = random.sample(space, view, { index, rng: makeRng(8, 'ask', index) });
      const { x, y } = ('params' in proposal ? proposal.params : {}) as { x: number; y: number };
      return 3 * x + y;
    });
    // Eight degrees of freedom: 26.1 is passed once in a thousand.
    expect(chiSquare(cells, Number, 9)).toBeLessThan(26.1);
  });
});
