import fc from 'fast-check';
import type { Condition, Constraint, Test } from '../../src/core/constraint.js';
import {
  type CategoricalDistribution,
  cardinality,
  categorical,
  type Distribution,
  float,
  int,
  type ParamValue,
  valueAt,
} from '../../src/core/distribution.js';
import { makeSpace, type ParamSpec, type Space } from '../../src/core/space.js';

const number = (low: number, high: number) => fc.double({ min: low, max: high, noNaN: true });

const choice: fc.Arbitrary<ParamValue> = fc.oneof(
  fc.integer({ min: -5, max: 5 }),
  number(-1e3, 1e3),
  fc.string({ maxLength: 4 }),
  fc.boolean(),
  fc.constant(null),
);

export const categoricals: fc.Arbitrary<CategoricalDistribution> = fc.oneof(
  fc
    .uniqueArray(choice, { minLength: 1, maxLength: 5, selector: (value) => JSON.stringify(value) })
    .map((choices) => categorical(choices)),
  fc
    .uniqueArray(fc.integer({ min: 1, max: 512 }), { minLength: 1, maxLength: 5 })
    .map((choices) => categorical(choices)),
  fc
    .uniqueArray(fc.constantFrom('tiny', 'small', 'medium', 'large', 'huge'), { minLength: 1, maxLength: 5 })
    .map((choices) => categorical(choices, { ordered: true })),
);

const floats = fc.tuple(number(-1e6, 1e6), number(0, 1e6)).map(([low, width]) => float(low, low + width));
const logFloats = fc
  .tuple(fc.integer({ min: -12, max: 3 }), number(1, 9.99), number(0, 6))
  .map(([exponent, digits, decades]) => {
    const low = Number(`${digits}e${exponent}`);
    return float(low, low * Math.exp(decades * Math.LN10), { log: true });
  });

/** Decimal bounds and steps as people write them, and any others. */
export const stepFloats = fc.oneof(
  fc
    .tuple(
      fc.integer({ min: -500, max: 500 }),
      fc.integer({ min: 0, max: 3000 }),
      fc.integer({ min: 1, max: 99 }),
      fc.integer({ min: -6, max: 2 }),
    )
    .map(([low, width, step, exponent]) =>
      float(Number(`${low}e${exponent}`), Number(`${low + width}e${exponent}`), {
        step: Number(`${step}e${exponent}`),
      }),
    ),
  fc
    .tuple(number(-1e3, 1e3), number(0, 1e3), number(0.01, 50))
    .map(([low, width, step]) => float(low, low + width, { step })),
);

const ints = fc
  .tuple(
    fc.integer({ min: -1e6, max: 1e6 }),
    fc.integer({ min: 0, max: 1e6 }),
    fc.integer({ min: 1, max: 50 }),
  )
  .map(([low, width, step]) => int(low, low + width, { step }));
const logInts = fc
  .tuple(fc.integer({ min: 1, max: 1e4 }), fc.integer({ min: 0, max: 1e6 }))
  .map(([low, width]) => int(low, low + width, { log: true }));

/** Of every kind: linear, log, on a lattice, ordered and not, with a single value too. */
export const distributions: fc.Arbitrary<Distribution> = fc.oneof(
  categoricals,
  floats,
  logFloats,
  stepFloats,
  ints,
  logInts,
);

/** Few values each, so that grids of several stay small. */
export const smallDistributions: fc.Arbitrary<Distribution> = fc.oneof(
  categoricals,
  fc
    .tuple(fc.integer({ min: -3, max: 3 }), fc.integer({ min: 0, max: 3 }))
    .map(([low, n]) => int(low, low + n)),
  fc
    .tuple(fc.integer({ min: -3, max: 3 }), fc.integer({ min: 0, max: 3 }))
    .map(([low, n]) => float(low / 10, (low + n) / 10, { step: 0.1 })),
);

function someValue(d: Distribution, k: number): ParamValue {
  const size = cardinality(d);
  return Number.isFinite(size) ? valueAt(d, k % size) : (d as { low: number }).low;
}

type Draft = { readonly about: number; readonly value: number; readonly form: 'is' | 'in' | 'not' | 'le' };
const drafts = fc.record<Draft>({
  about: fc.nat(),
  value: fc.nat({ max: 50 }),
  form: fc.constantFrom('is', 'in', 'not', 'le'),
});

/** A condition on one of the parameters before `limit`. */
function condition(draft: Draft, specs: readonly ParamSpec[], limit: number): Condition {
  const spec = specs[draft.about % limit] as ParamSpec;
  const value = someValue(spec.distribution, draft.value);
  const other = someValue(spec.distribution, draft.value + 1);
  const test: Test =
    draft.form === 'in'
      ? [value, other]
      : draft.form === 'not'
        ? { not: value }
        : draft.form === 'le' && typeof value === 'number'
          ? { le: value }
          : value;
  return { [spec.name]: test };
}

/**
 * Spaces of up to `most` parameters with conditions on earlier ones, `set` constraints (also of names that no
 * parameter has) and `forbid` constraints.
 */
export function spaces(of: fc.Arbitrary<Distribution> = distributions, most = 5): fc.Arbitrary<Space> {
  const params = fc.array(fc.tuple(of, fc.option(drafts, { freq: 2 })), { minLength: 1, maxLength: most });
  const sets = fc.array(fc.tuple(drafts, fc.nat(), fc.nat({ max: 50 })), { maxLength: 3 });
  const forbids = fc.array(drafts, { maxLength: 2 });
  return fc.tuple(params, sets, forbids).map(([drawn, setDrafts, forbidDrafts]) => {
    const specs: ParamSpec[] = [];
    for (const [k, [distribution, when]] of drawn.entries()) {
      const more = when && k > 0 ? { when: condition(when, specs, k) } : {};
      specs.push({ name: `p${k}`, distribution, ...more });
    }
    const constraints: Constraint[] = setDrafts.map(([draft, target, value]) => {
      // Only names after the condition's are set, so that nothing depends on itself.
      const about = draft.about % specs.length;
      const at = about + 1 + (target % (specs.length - about));
      const to = specs[at] ? someValue(specs[at].distribution, value) : value;
      return {
        kind: 'set',
        when: condition({ ...draft, about }, specs, specs.length),
        set: { [`p${at}`]: to },
      };
    });
    for (const draft of forbidDrafts)
      constraints.push({ kind: 'forbid', forbid: condition(draft, specs, specs.length) });
    return makeSpace(specs, constraints);
  });
}
