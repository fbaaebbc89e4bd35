import { expect, test } from 'vitest';
import { quantile } from '../../../src/core/allowed/domain.js';
import { findInfeasible } from '../../../src/core/allowed/place.js';
import { problemOf } from '../../../src/core/allowed/problem.js';
import { findPoint } from '../../../src/core/allowed/search.js';
import { int } from '../../../src/core/distribution.js';
import { makeSpace } from '../../../src/core/space.js';

const far = int(1, 100_000);
const contradiction = () =>
  makeSpace(
    ['a', 'b'].map((name) => ({ name, distribution: far })),
    [
      { kind: 'forbid', forbid: { a: { lt: { param: 'b' } } } },
      { kind: 'forbid', forbid: { a: { ge: { param: 'b' } } } },
      { kind: 'set', when: { a: 1 }, set: { d: 1 } },
    ],
  );

test('a search counts bounds that creep towards each other as decisions, and so ends early', () => {
  const problem = problemOf(contradiction());
  let decided = 0;
  const pick = (_: unknown, left: Parameters<typeof quantile>[0]) => {
    decided++;
    return quantile(left, 0.5);
  };
  expect(problem && findPoint(problem, pick, { decisions: 1000 })).toEqual({ point: null, spent: true });
  expect(decided).toBeLessThan(300);
});

test('what is contradicted is the last rule that excludes anything', () => {
  expect(findInfeasible(contradiction())?.index).toBe(1);
});
