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
import { GRID_LIMIT } from '../core/grid-plan.js';
import { type Confidence, isProblem, makePrior, type Prior } from '../core/prior.js';
import { shownValue } from '../core/shown-value.js';

type Expected<P> = {
  /** Where the best value is expected: samplers look there first. */
  readonly prior?: P;
  /** How near to the prior the best value is expected. Default: 'medium'. */
  readonly confidence?: Confidence;
};

/** `prior`: a number of the range. */
type RangeOptions = Expected<number> & {
  /** True: drawn in the logarithm. Default: false. */
  readonly log?: boolean;
  /** Only low + k * step. Default: every number of the range. */
  readonly step?: number;
  /** How many points a grid takes from the range, both ends included; other samplers search all of it. Excludes `step`. */
  readonly steps?: number;
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
 * @throws HpoError (usage) space.range when the range is empty or infinitely wide, `log` has low <= 0, or `log` comes with `step`;
 * space.prior when the prior lies outside; space.unknown-option.
 */
export function float(low: number, high: number, options: RangeOptions = {}): FloatParameter {
  const { range, expected, steps } = separate(options, ['log', 'step', 'steps']);
  return withWhen(core.float(low, high, range), expected, steps);
}

/**
 * A whole number in [low, high], both inclusive.
 * @throws HpoError (usage) space.range when a bound is no safe integer, the range is empty, or `log` has low < 1 or a step;
 * space.prior when the prior lies outside; space.unknown-option.
 */
export function int(low: number, high: number, options: RangeOptions = {}): IntParameter {
  const { range, expected, steps } = separate(options, ['log', 'step', 'steps']);
  return withWhen(core.int(low, high, range), expected, steps);
}

/**
 * A choice among text, numbers, booleans and null. `ordered` defaults to "every choice is a number"; `prior`: a weight for each
 * choice, in their order.
 * @throws HpoError (usage) space.choices when the list is empty, repeats a choice, or contains something else; space.prior when the
 * weights do not fit; space.unknown-option.
 */
export function categorical<const T extends ParamValue>(
  choices: readonly T[],
  options: Expected<readonly number[]> & { readonly ordered?: boolean } = {},
): ChoiceParameter<T> {
  // First what the choices are: without types, the second argument may be a choice.
  if (!Array.isArray(choices)) core.categorical(choices);
  const { range, expected } = separate(options, ['ordered']);
  return withWhen(core.categorical(choices, range), expected);
}

/** Returns the options of the distribution itself, and those of its prior. */
function separate<O extends Expected<unknown> & { readonly steps?: number; readonly step?: number }>(
  options: O,
  known: readonly string[],
) {
  core.checkNames(options, [...known, 'prior', 'confidence']);
  const { prior, confidence, steps, ...range } = options;
  if (steps !== undefined && !(Number.isSafeInteger(steps) && steps >= 2 && steps <= GRID_LIMIT))
    throw core.badRange(`steps must be a whole number from 2 to ${GRID_LIMIT}, got ${shownValue(steps)}`);
  if (steps !== undefined && options.step !== undefined)
    throw core.badRange('steps and step cannot be combined', 'leave out steps or step');
  return { range, expected: { prior, confidence }, steps: steps ?? null };
}

/** What is added is not enumerable, so that a distribution stays plain data. */
function withWhen<D extends Distribution>(
  distribution: D,
  expected: Expected<unknown>,
  steps: number | null = null,
): D & When<D> {
  const prior = priorFrom(distribution, expected);
  const when = (condition: Condition) => {
    if (typeof condition !== 'object' || condition === null || Object.keys(condition).length === 0)
      throw usageError(
        'space.condition',
        `expected when() to name parameters, got ${shownValue(condition)}`,
        {
          fix: "float(0, 0.99).when({ opt: 'sgd' })",
        },
      );
    const conditional = Object.defineProperty({ ...distribution }, 'condition', { value: condition });
    return withMore(conditional, prior, steps);
  };
  const whole = Object.defineProperty({ ...distribution }, 'when', { value: when });
  return withMore(whole, prior, steps) as D & When<D>;
}

function withMore(distribution: object, prior: Prior | null, steps: number | null) {
  return Object.defineProperties(distribution, { expected: { value: prior }, gridSteps: { value: steps } });
}

function priorFrom(distribution: Distribution, { prior, confidence }: Expected<unknown>): Prior | null {
  if (prior === undefined && confidence === undefined) return null;
  const made = makePrior(distribution, prior, confidence);
  if (isProblem(made)) throw usageError('space.prior', made.message, { fix: made.fix });
  return made;
}

/** Returns the prior of a parameter; null without one. */
export function priorOf(distribution: Distribution): Prior | null {
  return 'expected' in distribution ? (distribution.expected as Prior | null) : null;
}

/** Returns the condition of a parameter; null when every trial has it. */
export function conditionOf(distribution: Distribution): Condition | null {
  return 'condition' in distribution ? (distribution as Conditional).condition : null;
}

/** Returns how many points a grid takes from a range; null: as its distribution has. */
export function gridStepsOf(distribution: Distribution): number | null {
  return 'gridSteps' in distribution ? (distribution.gridSteps as number | null) : null;
}
