import type { Condition } from '../core/constraint.js';
import type {
  CategoricalDistribution,
  Distribution,
  FloatDistribution,
  IntDistribution,
  ParamValue,
} from '../core/distribution.js';
import * as core from '../core/distribution.js';
import { usageError } from '../core/errors.js';

type RangeOptions = {
  /** True: drawn in the logarithm. Default: false. */
  readonly log?: boolean;
  /** Only low + k * step. Default: every number of the range. */
  readonly step?: number;
};

/** A parameter that only some trials have: those in which the condition holds. */
export type Conditional<D extends Distribution = Distribution, C extends Condition = Condition> = D & {
  readonly condition: C;
};

/** Makes a parameter conditional. */
type When<D extends Distribution> = {
  /**
   * The parameter is there only where this holds of other parameters: a value, a list of values, or a comparison
   * (`{ layers: { ge: 2 } }`). `float(0, 0.99).when({ opt: 'sgd' })`.
   */
  when<const C extends Condition>(condition: C): Conditional<D, C>;
};

export interface FloatParameter extends FloatDistribution, When<FloatDistribution> {}
export interface IntParameter extends IntDistribution, When<IntDistribution> {}
export interface ChoiceParameter<T extends ParamValue = ParamValue>
  extends CategoricalDistribution<T>,
    When<CategoricalDistribution<T>> {}

/**
 * A number in [low, high], both finite and inclusive.
 * @throws RangeError when the range is empty or infinitely wide, `log` has low <= 0, or `log` comes with `step`.
 */
export function float(low: number, high: number, options: RangeOptions = {}): FloatParameter {
  return withWhen(core.float(low, high, options));
}

/**
 * A whole number in [low, high], both inclusive.
 * @throws RangeError when a bound is no safe integer, the range is empty, or `log` has low < 1 or a step.
 */
export function int(low: number, high: number, options: RangeOptions = {}): IntParameter {
  return withWhen(core.int(low, high, options));
}

/**
 * A choice among text, numbers, booleans and null. `ordered` defaults to "every choice is a number".
 * @throws RangeError when the list is empty, repeats a choice, or holds a number that is not finite; TypeError when it
 * contains something else.
 */
export function categorical<const T extends ParamValue>(
  choices: readonly T[],
  options: { readonly ordered?: boolean } = {},
): ChoiceParameter<T> {
  return withWhen(core.categorical(choices, options));
}

/** What is added is not enumerable, so that a distribution stays plain data. */
function withWhen<D extends Distribution>(distribution: D): D & When<D> {
  const when = (condition: Condition) => {
    if (typeof condition !== 'object' || condition === null || Object.keys(condition).length === 0)
      throw usageError(
        'space.condition',
        `expected when() to name parameters, got ${JSON.stringify(condition)}`,
        {
          fix: "float(0, 0.99).when({ opt: 'sgd' })",
        },
      );
    return Object.defineProperty({ ...distribution }, 'condition', { value: condition });
  };
  return Object.defineProperty({ ...distribution }, 'when', { value: when }) as D & When<D>;
}

/** Returns the condition of a parameter; null when every trial has it. */
export function conditionOf(distribution: Distribution): Condition | null {
  return 'condition' in distribution ? (distribution as Conditional).condition : null;
}
