import fc from 'fast-check';
import {
  type ComponentSpec,
  isNumberOption,
  type OptionSpecs,
  type OptionValue,
  type OptionValues,
} from '../../src/core/component-options.js';
import type { Direction, TrialState, TrialView } from '../../src/core/trial.js';
import { freeze } from '../samplers/support.js';
import { type Steps, trialOf, viewOf } from './support.js';

const anyValue = fc.oneof(
  { weight: 4, arbitrary: fc.double({ min: -5, max: 5, noNaN: true }) },
  { weight: 1, arbitrary: fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY) },
);
export const steps: fc.Arbitrary<Steps> = fc
  .uniqueArray(fc.tuple(fc.nat({ max: 12 }), anyValue), { maxLength: 8, selector: ([step]) => step })
  .map((pairs) => pairs.sort(([a], [b]) => a - b));
const trial = fc.tuple(
  steps,
  fc.constantFrom<TrialState>('waiting', 'running', 'complete', 'pruned', 'fail'),
);
export const configurations = fc.array(fc.array(trial, { maxLength: 3 }), { maxLength: 12 });
export const directions = fc.constantFrom<Direction>('minimize', 'maximize');

export type Drawn = readonly (readonly [Steps, TrialState][])[];

/** The view of these configurations, and one more with the trial that is judged. Everything is frozen. */
export function build(drawn: Drawn, own: Steps, direction: Direction, maxSteps: number | null = 1_000_000) {
  let number = 0;
  const configs: TrialView[][] = drawn.map((trials) =>
    trials.map(([s, state]) => ({ ...trialOf(number++, s, state), ...worth(s, state) })),
  );
  const judged = trialOf(number, own, 'running');
  return freeze({ judged, view: viewOf([...configs, [judged]], direction, maxSteps) });
}

/** A complete trial is worth the last of its values that is a number. */
function worth(steps: Steps, state: TrialState): { values: readonly number[] | null } {
  const numbers = steps.map(([, each]) => each).filter((each) => !Number.isNaN(each));
  return { values: state === 'complete' ? [numbers.at(-1) ?? 0] : null };
}

/**
 * Options of a pruner. Percentiles are those that no rounding makes another number of at the other end; bounds of
 * values are drawn where values are.
 */
export function optionsOf(specs: OptionSpecs, left: readonly string[] = []): fc.Arbitrary<OptionValues> {
  const drawn = Object.entries(specs)
    .filter(([option]) => !left.includes(option))
    .map(([option, spec]): [string, fc.Arbitrary<OptionValue>] => {
      if (spec.type === 'boolean') return [option, fc.boolean()];
      if (isNumberOption(spec)) {
        if (spec.type === 'int')
          return [option, fc.integer({ min: spec.min ?? 0, max: (spec.min ?? 0) + 4 })];
        const [min, max] = [spec.min ?? -5, spec.max ?? 5];
        return [option, fc.nat({ max: 8 }).map((eighths) => min + ((max - min) * eighths) / 8)];
      }
      if (spec.type !== 'entry') throw new TypeError(`expected no option of type ${spec.type} here`);
      const inner = spec.entries.map((each) =>
        optionsOf(each.options, left).map((options) => ({ name: each.name, options })),
      );
      return [option, fc.oneof(...inner)];
    });
  return fc.record(Object.fromEntries(drawn));
}

/** threshold's bounds are of the values themselves: those of -f lie on the other side of 0. */
export function mirroredOptions(options: OptionValues): OptionValues {
  const { lower, upper, around, ...others } = options as OptionValues & { around?: ComponentSpec };
  return {
    ...others,
    ...(typeof upper === 'number' && { lower: -upper }),
    ...(typeof lower === 'number' && { upper: -lower }),
    ...(around && { around: { ...around, options: mirroredOptions(around.options) } }),
  };
}

/** Numbers that are halved and added without rounding, so that what is equal stays equal; ties are common. */
const eighth = fc.integer({ min: -40, max: 40 }).map((eighths) => eighths / 8);
export const coarse = fc.oneof(
  { weight: 6, arbitrary: eighth },
  { weight: 1, arbitrary: fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY) },
);
const state = fc.constantFrom<TrialState>('waiting', 'running', 'complete', 'complete', 'pruned', 'fail');
/** Trials that report at every step from the first on. */
export const curves = (values: fc.Arbitrary<number>) =>
  fc.array(values, { maxLength: 12 }).map((all): Steps => all.map((each, step) => [step, each]));
export const coarseConfigurations = fc.array(fc.array(fc.tuple(curves(coarse), state), { maxLength: 3 }), {
  maxLength: 12,
});

/**
 * A trial that is at each step as good as every other one or better, and its view; with `improves` it gets no worse
 * itself. Others have no infinitely good values, which nobody can be ahead of.
 */
export const ahead = (improves: boolean) =>
  fc
    .tuple(coarseConfigurations, fc.array(fc.nat({ max: 4 }), { minLength: 1, maxLength: 12 }), directions)
    .map(([drawn, leads, direction]) => {
      const sign = direction === 'minimize' ? 1 : -1;
      const good = -sign * Number.POSITIVE_INFINITY;
      const others = drawn.map((trials) =>
        trials.map(([all, is]): [Steps, TrialState] => [
          all.map(([step, each]) => [step, each === good ? 0 : each]),
          is,
        ]),
      );
      const losses = new Map<number, number>();
      for (const [step, each] of others.flat().flatMap(([all]) => all))
        losses.set(step, Math.min(losses.get(step) ?? 5, Number.isNaN(each) ? 5 : sign * each));
      let least = 5;
      const own = leads.map((lead, step): [number, number] => {
        const loss = (losses.get(step) ?? 5) - lead / 8;
        least = Math.min(least, loss);
        return [step, sign * (improves ? least : loss)];
      });
      return build(others, own, direction);
    });

/**
 * A trial that has come to its last step, among others of the same length that are complete, or have ended or still run
 * somewhere before or at it. Steps count from 0 or 1; the length may be given to the study or not.
 */
export const fullTrial = fc
  .record({ first: fc.nat({ max: 1 }), length: fc.integer({ min: 1, max: 9 }), isGiven: fc.boolean() })
  .chain(({ first, length, isGiven }) => {
    const curve = (count: number): fc.Arbitrary<Steps> =>
      fc
        .array(anyValue, { minLength: count, maxLength: count })
        .map((all) => all.map((each, k): [number, number] => [first + k, each]));
    const partial = fc
      .nat({ max: length })
      .chain((count) =>
        fc.tuple(curve(count), fc.constantFrom<TrialState>('waiting', 'running', 'pruned', 'fail')),
      );
    const complete = fc.tuple(curve(length), fc.constant<TrialState>('complete'));
    const other = fc.oneof({ weight: 2, arbitrary: complete }, { weight: 1, arbitrary: partial });
    return fc.record({
      drawn: fc.array(fc.array(other, { maxLength: 2 }), { maxLength: 12 }),
      own: curve(length),
      maxSteps: fc.constant(isGiven ? length : null),
    });
  });
