import type { Distribution, ParamValue } from './distribution.js';
import { upperQuantile, upperTail } from './normal.js';
import type { Confidence, Prior } from './prior.js';

/** Standard deviation of a range's prior, as a share of the range (of its logarithm for log ranges). */
const WIDTH: Readonly<Record<Confidence, number>> = { low: 0.4, medium: 0.2, high: 0.1 };
/** Part of a prior over choices that is spread evenly. */
const EVEN: Readonly<Record<Confidence, number>> = { low: 0.5, medium: 0.25, high: 0.1 };
/** Part of a range's density that is uniform, so that no value is impossible. */
const UNIFORM = 0.05;

/** A truncated normal on [0, 1] with a uniform part. Densities are relative to the uniform one. */
export type RangePrior = {
  readonly kind: 'range';
  readonly center: number;
  readonly width: number;
  /** The mass of the normal inside [0, 1]. */
  readonly mass: number;
};
/** Masses of choices, in their order. */
export type ChoicePrior = { readonly kind: 'choice'; readonly masses: readonly number[] };
export type PriorShape = RangePrior | ChoicePrior;

/** Returns the distribution that a prior stands for. */
export function shapeOf(d: Distribution, { at, confidence }: Prior): PriorShape | null {
  if (d.kind === 'categorical') return typeof at === 'number' ? null : choiceShape(d.choices, at, confidence);
  if (typeof at !== 'number') return null;
  const center = placeOf(d, at);
  const width = WIDTH[confidence];
  const mass = upperTail(-center / width) - upperTail((1 - center) / width);
  return { kind: 'range', center, width, mass };
}

/** Null where the choices have changed since the weights were given. */
function choiceShape(
  { length }: readonly ParamValue[],
  weights: readonly number[],
  confidence: Confidence,
): ChoicePrior | null {
  if (weights.length !== length) return null;
  const sum = sumOf(weights);
  // Huge weights have no finite sum, and tiny ones few digits.
  const scaled =
    sum < 1e-290 || !Number.isFinite(sum) ? weights.map((w) => w / Math.max(...weights)) : weights;
  const whole = sumOf(scaled);
  const even = EVEN[confidence];
  return { kind: 'choice', masses: scaled.map((w) => even / length + ((1 - even) * w) / whole) };
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
}

/** Returns the position of a number on its range, in [0, 1]; on a log scale for log ranges. */
export function placeOf({ low, high, log }: Exclude<Distribution, { kind: 'categorical' }>, value: number) {
  const scale = log ? Math.log : (x: number) => x;
  const width = scale(high) - scale(low);
  return width > 0 ? Math.min(1, Math.max(0, (scale(value) - scale(low)) / width)) : 0.5;
}

/** Returns the density at a position, where the uniform one is 1. */
export function densityAt({ center, width, mass }: RangePrior, place: number): number {
  const z = (place - center) / width;
  return UNIFORM + ((1 - UNIFORM) * Math.exp((-z * z) / 2)) / (Math.sqrt(2 * Math.PI) * width * mass);
}

/** Returns the derivative of the logarithm of the density. */
export function logSlopeAt(shape: RangePrior, place: number): number {
  const density = densityAt(shape, place);
  return ((density - UNIFORM) * (shape.center - place)) / (shape.width * shape.width * density);
}

/** Returns the position below which a share of the normal lies, 0 <= share < 1. */
export function quantileAt({ center, width, mass }: RangePrior, share: number): number {
  // From the upper end, where the tail of the normal keeps its digits.
  const above = upperTail((1 - center) / width) + (1 - share) * mass;
  const z =
    above <= 0.5 ? upperQuantile(Math.max(above, 1e-300)) : -upperQuantile(Math.max(1 - above, 1e-300));
  return Math.min(1, Math.max(0, center + width * z));
}

/** Returns the density at a value, where the uniform one is 1. */
export function densityOf(d: Distribution, shape: PriorShape, value: ParamValue): number {
  if (d.kind !== 'categorical')
    return shape.kind === 'range' ? densityAt(shape, placeOf(d, value as number)) : 1;
  return shape.kind === 'choice' ? (shape.masses[d.choices.indexOf(value)] ?? 0) * d.choices.length : 1;
}

/** Returns the masses of some values of a distribution, which sum to 1. */
export function massesOf(d: Distribution, shape: PriorShape, values: readonly ParamValue[]): number[] {
  const raw = values.map((value) => densityOf(d, shape, value));
  const sum = sumOf(raw);
  return raw.map((mass) => mass / sum);
}

/** Returns the index of the mass in which a share of all masses lies, 0 <= share < 1. */
export function indexAt(masses: readonly number[], share: number): number {
  let left = share;
  for (const [index, mass] of masses.entries()) {
    left -= mass;
    if (left < 0) return index;
  }
  return masses.length - 1;
}
