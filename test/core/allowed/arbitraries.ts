import fc from 'fast-check';
import type { Constraint, ForbidCondition, ForbidTest } from '../../../src/core/constraint.js';
import { cardinality, type Distribution, valueAt } from '../../../src/core/distribution.js';
import { makeSpace, type ParamSpec, type Space } from '../../../src/core/space.js';
import { distributions, spaces } from '../arbitraries.js';

type Draft = {
  readonly kind: 'lt' | 'le' | 'gt' | 'ge' | 'not' | 'is' | 'sum' | 'product';
  readonly about: readonly [number, number, number];
  /** The share of the range of a total that is left out. */
  readonly share: number;
  readonly from: 'above' | 'below' | 'both';
  readonly withValue: boolean;
};

const draft = fc.record<Draft>({
  kind: fc.constantFrom('lt', 'le', 'gt', 'ge', 'not', 'is', 'sum', 'product'),
  about: fc.tuple(fc.nat(), fc.nat(), fc.nat()),
  share: fc.double({ min: 0.05, max: 0.95, noNaN: true }),
  from: fc.constantFrom('above', 'below', 'both'),
  withValue: fc.boolean(),
});

/** Lowest and highest number of a distribution; null for words. */
function range(d: Distribution): readonly [number, number] | null {
  if (d.kind !== 'categorical') return [d.low, d.high];
  if (!d.choices.every((choice) => typeof choice === 'number')) return null;
  const numbers = d.choices as readonly number[];
  return [Math.min(...numbers), Math.max(...numbers)];
}

const middle = (d: Distribution) =>
  Number.isFinite(cardinality(d)) ? valueAt(d, Math.floor(cardinality(d) / 2)) : (d as { low: number }).low;

function toConstraint({ kind, about, share, from, withValue }: Draft, space: Space): Constraint | null {
  const [a, b, c] = about.map((k) => space.params[k % space.params.length] as ParamSpec) as [
    ParamSpec,
    ParamSpec,
    ParamSpec,
  ];
  if (kind === 'sum' || kind === 'product') {
    const numeric = [...new Set([a, b, c])].filter(({ distribution }) => range(distribution) !== null);
    if (numeric.length === 0) return null;
    const ends = numeric.map(({ distribution }) => range(distribution) as readonly [number, number]);
    const add = (x: number, y: number) => (kind === 'sum' ? x + y : x * y);
    let [low, high] = kind === 'sum' ? [0, 0] : [1, 1];
    for (const [l, h] of ends) {
      const all = [add(low, l), add(low, h), add(high, l), add(high, h)];
      [low, high] = [Math.min(...all), Math.max(...all)];
    }
    const at = low + share * (high - low);
    const max = from === 'below' ? null : from === 'both' ? at + 0.05 * (high - low) : at;
    return { kind, params: numeric.map(({ name }) => name), min: from === 'above' ? null : at, max };
  }
  if (a === b) return null;
  const more: ForbidCondition = withValue && c !== a ? { [c.name]: { not: middle(c.distribution) } } : {};
  const other = { param: b.name };
  const test: ForbidTest = kind === 'is' ? other : { [kind]: other };
  return { kind: 'forbid', forbid: { ...more, [a.name]: test } };
}

/** Spaces with comparisons between parameters, sums and products besides conditions, `set` and `forbid`. */
export function constrainedSpaces(
  of: fc.Arbitrary<Distribution> = distributions,
  most = 5,
): fc.Arbitrary<Space> {
  return fc
    .tuple(spaces(of, most), fc.array(draft, { minLength: 1, maxLength: 3 }))
    .map(([space, drafts]) => {
      const more = drafts.flatMap((each) => toConstraint(each, space) ?? []);
      return makeSpace(space.params, [...space.constraints, ...more]);
    });
}
