import { type HpoError, usageError } from './errors.js';
import { shownValue } from './shown-value.js';

/**
 * A value as the trainer and the user see it. A choice that is a list is its JSON text. No distribution has a negative zero
 * (adding 0 removes it): JSON has none, so it would come back as another value.
 */
export type ParamValue = number | string | boolean | null;
export type Params = Readonly<Record<string, ParamValue>>;

export type FloatDistribution = {
  readonly kind: 'float';
  readonly low: number;
  /** Inclusive, and lowered to the lattice when `step` is set. */
  readonly high: number;
  readonly log: boolean;
  readonly step: number | null;
};
export type IntDistribution = {
  readonly kind: 'int';
  readonly low: number;
  readonly high: number;
  readonly log: boolean;
  readonly step: number;
};
/** `T`: the union of its choices. */
export type CategoricalDistribution<T extends ParamValue = ParamValue> = {
  readonly kind: 'categorical';
  readonly choices: readonly T[];
  /** The choices have an order that samplers use (`inOrder`). Optuna's JSON does not have it. */
  readonly ordered: boolean;
};
export type Distribution = FloatDistribution | IntDistribution | CategoricalDistribution;

/**
 * A float range [low, high], both finite and inclusive.
 * @throws HpoError (usage) space.range when the range is empty or infinitely wide, `log` has low <= 0, or `log` comes with `step`;
 * space.unknown-option.
 */
export function float(
  low: number,
  high: number,
  more: { log?: boolean; step?: number } = {},
): FloatDistribution {
  checkNames(more, ['log', 'step']);
  checkRange(low, high, more.log ?? false);
  if (more.log && more.step !== undefined)
    throw badRange('log and step cannot be combined', 'leave out log or step');
  if (more.step !== undefined && !(more.step > 0 && Number.isFinite(more.step))) {
    throw badRange(`step must be a positive number, got ${shownValue(more.step)}`);
  }
  const step = more.step ?? null;
  const top = step === null ? high : latticePoint(low, step, latticeSteps(low, high, step));
  return { kind: 'float', low: low + 0, high: top + 0, log: more.log ?? false, step };
}

/**
 * An integer range [low, high], inclusive, on the lattice low + k * step.
 * @throws HpoError (usage) space.range when a bound or the width is no safe integer, the range is empty, or `log` has low < 1 or a
 * step; space.unknown-option.
 */
export function int(low: number, high: number, more: { log?: boolean; step?: number } = {}): IntDistribution {
  checkNames(more, ['log', 'step']);
  checkRange(low, high, more.log ?? false);
  const step = more.step ?? 1;
  for (const [name, value] of [
    ['low', low],
    ['high', high],
    ['step', step],
  ] as const) {
    if (!Number.isSafeInteger(value)) throw badRange(`${name} must be an integer, got ${shownValue(value)}`);
  }
  if (!Number.isSafeInteger(high - low)) throw badRange(`the range is too wide, got ${low} and ${high}`);
  if (step < 1) throw badRange(`step must be at least 1, got ${step}`);
  if (more.log && step !== 1) throw badRange('log and step cannot be combined', 'leave out log or step');
  return {
    kind: 'int',
    low: low + 0,
    high: low + Math.floor((high - low) / step) * step,
    log: more.log ?? false,
    step,
  };
}

const SCALARS = ['string', 'number', 'boolean'];

/**
 * A choice among scalars; `ordered` defaults to "every choice is a number".
 * @throws HpoError (usage) space.choices when the list is empty, repeats a choice, or contains something other than a scalar or a
 * number that is not finite; space.unknown-option.
 */
export function categorical<const T extends ParamValue>(
  choices: readonly T[],
  more: { ordered?: boolean } = {},
): CategoricalDistribution<T> {
  if (!Array.isArray(choices))
    throw badChoices(`choices must be one list, such as ['sgd', 'adam'], got ${shownValue(choices)}`);
  checkNames(more, ['ordered']);
  if (choices.length === 0) throw badChoices('at least one choice is needed');
  const nested = choices.findIndex((c) => c !== null && !SCALARS.includes(typeof c));
  if (nested >= 0)
    throw badChoices(
      `choices must be text, numbers, booleans or null, got ${shownValue(choices[nested])}`,
      'give each choice a name, and let the program look up what the name stands for',
    );
  const odd = choices.find((c) => typeof c === 'number' && !Number.isFinite(c));
  if (odd !== undefined) throw badChoices(`choices must be finite numbers, got ${odd}`);
  const texts = choices.map((c) => JSON.stringify(c));
  if (new Set(texts).size !== texts.length) {
    const twice = texts.find((text, k) => texts.indexOf(text) < k);
    throw badChoices(`choices must differ from each other, got ${twice} twice`, 'give each choice once');
  }
  const ordered = more.ordered ?? areNumbers(choices);
  return { kind: 'categorical', choices: choices.map((c) => (c === 0 ? (0 as T) : c)), ordered };
}

/** Returns the choices in their order: numbers ascending, others as they are written. */
export function inOrder({ choices }: CategoricalDistribution): readonly ParamValue[] {
  return areNumbers(choices) ? [...choices].sort((a, b) => Number(a) - Number(b)) : choices;
}

/** Whether all choices are numbers; only these have an order unless somebody says so. */
export function areNumbers(choices: readonly ParamValue[]): boolean {
  return choices.every((choice) => typeof choice === 'number');
}

/**
 * Refuses unknown options: JavaScript programs call this too; there a misspelt option would silently be its default.
 * @throws HpoError space.unknown-option (usage).
 */
export function checkNames(more: object, known: readonly string[]): void {
  const odd = Object.keys(more).find((name) => !known.includes(name));
  if (odd !== undefined)
    throw usageError('space.unknown-option', `expected one of ${known.join(', ')}, got ${odd}`, {
      fix: `correct the name, or leave ${odd} out`,
    });
}

function checkRange(low: number, high: number, log: boolean): void {
  if (typeof low !== 'number' || typeof high !== 'number')
    throw badRange(`bounds must be numbers, got ${shownValue(low)} and ${shownValue(high)}`);
  if (!Number.isFinite(low) || !Number.isFinite(high))
    throw badRange(`bounds must be finite, got ${low} and ${high}`);
  if (!Number.isFinite(high - low)) throw badRange(`the range is too wide, got ${low} and ${high}`);
  if (low > high)
    throw badRange(`low must not be above high, got ${low} and ${high}`, 'give the lower bound first');
  if (log && low <= 0) throw badRange(`a log range needs low > 0, got ${low}`, 'raise low, or leave log out');
}

/** Returns the error of a range that cannot be. */
export function badRange(message: string, fix: string | null = null): HpoError {
  return usageError('space.range', message, fix === null ? {} : { fix });
}

function badChoices(message: string, fix: string | null = null): HpoError {
  return usageError('space.choices', message, fix === null ? {} : { fix });
}

/** Number of whole steps that fit between low and high; a billionth of a step is tolerated, since 0.1 * 3 is not 0.3. */
export function latticeSteps(low: number, high: number, step: number): number {
  return Math.floor((high - low) / step + 1e-9);
}

/**
 * Returns low + k * step without the rounding errors of binary fractions: 0.1 + 2 * 0.1 is 0.3, and -0.3 + 3 * 0.1 is 0.
 * The precision of a number ends 15 digits below the larger of the two terms; where the step is that small, nothing is rounded.
 */
export function latticePoint(low: number, step: number, k: number): number {
  if (k === 0) return low;
  const sum = low + k * step;
  const exponent = Number(
    Math.max(Math.abs(low), Math.abs(k * step))
      .toExponential()
      .split('e')[1],
  );
  const digits = 14 - exponent;
  const rounded = digits < 0 || digits > 100 ? sum : Number(sum.toFixed(digits)) + 0;
  return Math.abs(rounded - sum) <= 1e-9 * step ? rounded : sum;
}

/** Returns how many values a distribution has; Infinity for a continuous float. */
export function cardinality(d: Distribution): number {
  if (d.kind === 'categorical') return d.choices.length;
  if (d.kind === 'int') return Math.floor((d.high - d.low) / d.step) + 1;
  if (d.low === d.high) return 1;
  return d.step === null ? Number.POSITIVE_INFINITY : latticeSteps(d.low, d.high, d.step) + 1;
}

/** Returns the k-th value of a finite distribution, 0 <= k < cardinality(d). */
export function valueAt(d: Distribution, k: number): ParamValue {
  if (d.kind === 'categorical') return d.choices[k] as ParamValue;
  if (d.kind === 'int') return d.low + k * d.step;
  return d.step === null ? d.low : latticePoint(d.low, d.step, k);
}

/** Returns whether a value is inside the distribution and on its lattice. */
export function contains(d: Distribution, value: ParamValue): boolean {
  if (d.kind === 'categorical') return d.choices.includes(value);
  if (typeof value !== 'number' || !(value >= d.low && value <= d.high)) return false;
  if (d.kind === 'int') return Number.isInteger(value) && (value - d.low) % d.step === 0;
  if (d.step === null) return true;
  const k = Math.round((value - d.low) / d.step);
  return Math.abs(latticePoint(d.low, d.step, k) - value) <= 1e-9 * d.step;
}

/** Returns whether trials of one study may be stored with both for one parameter, as in Optuna's check_distribution_compatibility. */
export function isCompatible(a: Distribution, b: Distribution): boolean {
  return isSameKind(a, b) && JSON.stringify(choicesOf(a)) === JSON.stringify(choicesOf(b));
}

/** Returns whether a parameter of a study may become another one: of the same kind and scale. Bounds, steps and choices may differ. */
export function isSameKind(a: Distribution, b: Distribution): boolean {
  if (a.kind === 'categorical' || b.kind === 'categorical') return a.kind === b.kind;
  return a.kind === b.kind && a.log === b.log;
}

function choicesOf(d: Distribution): readonly ParamValue[] | null {
  return d.kind === 'categorical' ? d.choices : null;
}

/** Returns the nearest value inside the distribution: clipped to the bounds and rounded to the lattice. Numeric kinds only. */
export function nearest(d: FloatDistribution | IntDistribution, value: number): number {
  const clipped = Math.min(d.high, Math.max(d.low, value)) + 0;
  if (d.kind === 'float' && d.step === null) return clipped;
  const step = d.step as number;
  const k = Math.round((clipped - d.low) / step);
  const steps = d.kind === 'int' ? Math.floor((d.high - d.low) / step) : latticeSteps(d.low, d.high, step);
  const inside = Math.min(steps, Math.max(0, k));
  return d.kind === 'int' ? d.low + inside * step : latticePoint(d.low, step, inside);
}

/**
 * Returns the number that Optuna stores for a value: itself, or the index of the choice.
 * @throws RangeError when a categorical value is not among the choices.
 */
export function toStored(d: Distribution, value: ParamValue): number {
  if (d.kind !== 'categorical') return value as number;
  const index = d.choices.indexOf(value);
  if (index < 0)
    throw new RangeError(`${JSON.stringify(value)} is not among the choices ${JSON.stringify(d.choices)}`);
  return index;
}

/** Returns the value of a stored number: the inverse of `toStored`. */
export function fromStored(d: Distribution, stored: number): ParamValue {
  return d.kind === 'categorical' ? (d.choices[stored] as ParamValue) : stored;
}
