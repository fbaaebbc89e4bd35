import { upperQuantile } from '../core/normal.js';
import { mean, standardDeviation } from '../core/stats.js';
import { twoSidedT } from '../core/student-t.js';

/** The first objective of one complete trial. `seed` null: another program ran it. */
export type RepeatValue = { readonly seed: number | null; readonly value: number };

/** Whether the repeats of two configurations tell one from the other. */
export type Distinction = {
  /** Null: too few repeats, or values that are not finite, for a test. */
  readonly distinguishable: boolean | null;
  /** Of no difference, two-sided, as Holm adjusts it for all comparisons with the first. */
  readonly pValue: number | null;
  readonly test: 'paired' | 'welch' | null;
  /**
   * About how many repeats of each would show a difference as large as the one seen with a chance of 80%; null where it
   * is distinguishable already, there is no difference, or it takes more than 1,000.
   */
  readonly repeatsNeeded: number | null;
};

const LEVEL = 0.05;
const POWER = 0.8;
/** With two pairs, a paired test has one degree of freedom and finds next to nothing. */
const FEWEST_PAIRS = 3;
const MOST_REPEATS = 1000;

/** Of configurations that are not compared. */
export const UNKNOWN: Distinction = { distinguishable: null, pValue: null, test: null, repeatsNeeded: null };

/**
 * Compares the first of some configurations with each of the others by their repeats, and returns one distinction for each
 * configuration; that of the first is the one from the second.
 *
 * Where two share three seeds or more the test is Student's paired t, since seed r is the same for every configuration;
 * else Welch's t (1947), which allows for unequal variances. Holm (1979) adjusts for the number of comparisons. The first
 * is first since its mean is the best, so differences look larger than they are: `distinguishable` says too much rather
 * than too little.
 */
export function distinguish(configurations: readonly (readonly RepeatValue[])[]): Distinction[] {
  const [first, ...others] = configurations;
  if (!first) return [];
  const compared = others.map((other) => compare(first, other));
  const adjusted = holm(compared.map((each) => each?.pValue ?? null));
  const distinctions = compared.map((each, k): Distinction => {
    const pValue = adjusted[k] ?? null;
    if (each === null || pValue === null) return UNKNOWN;
    const distinguishable = pValue < LEVEL;
    return {
      distinguishable,
      pValue,
      test: each.test,
      repeatsNeeded: distinguishable ? null : repeatsNeeded(each),
    };
  });
  return [distinctions[0] ?? UNKNOWN, ...distinctions];
}

type Compared = {
  readonly test: 'paired' | 'welch';
  readonly pValue: number;
  readonly difference: number;
  /** Of the difference of one repeat of each. */
  readonly variance: number;
};

function compare(a: readonly RepeatValue[], b: readonly RepeatValue[]): Compared | null {
  if (![...a, ...b].every(({ value }) => Number.isFinite(value))) return null;
  const bySeed = new Map(b.flatMap(({ seed, value }) => (seed === null ? [] : [[seed, value] as const])));
  const pairs = a.flatMap(({ seed, value }) => {
    const other = seed === null ? undefined : bySeed.get(seed);
    return other === undefined ? [] : [value - other];
  });
  if (pairs.length >= FEWEST_PAIRS) return paired(pairs);
  return a.length < 2 || b.length < 2 ? null : welch(valuesOf(a), valuesOf(b));
}

function valuesOf(repeats: readonly RepeatValue[]): number[] {
  return repeats.map(({ value }) => value);
}

function paired(differences: readonly number[]): Compared {
  const difference = mean(differences);
  const variance = varianceOf(differences);
  const error = Math.sqrt(variance / differences.length);
  return { test: 'paired', difference, variance, pValue: pOf(difference, error, differences.length - 1) };
}

function welch(a: readonly number[], b: readonly number[]): Compared {
  const [ofA, ofB] = [varianceOf(a) / a.length, varianceOf(b) / b.length];
  const sum = ofA + ofB;
  const df = (sum * sum) / ((ofA * ofA) / (a.length - 1) + (ofB * ofB) / (b.length - 1));
  const difference = mean(a) - mean(b);
  return {
    test: 'welch',
    difference,
    variance: varianceOf(a) + varianceOf(b),
    pValue: pOf(difference, Math.sqrt(sum), df),
  };
}

/** Without any variance, as of a trainer that ignores its seed, every difference is real. */
function pOf(difference: number, error: number, df: number): number {
  if (error === 0) return difference === 0 ? 1 : 0;
  return twoSidedT(difference / error, df);
}

function varianceOf(values: readonly number[]): number {
  const deviation = standardDeviation(values) ?? 0;
  return deviation * deviation;
}

/** p-values after Holm's method; null stays null and does not count. */
function holm(pValues: readonly (number | null)[]): (number | null)[] {
  const known = pValues.flatMap((p, at) => (p === null ? [] : [{ p, at }])).sort((a, b) => a.p - b.p);
  const adjusted: (number | null)[] = pValues.map(() => null);
  let least = 0;
  for (const [rank, { p, at }] of known.entries()) {
    least = Math.max(least, Math.min(1, (known.length - rank) * p));
    adjusted[at] = least;
  }
  return adjusted;
}

/** By the normal approximation, and two more for the t distribution. */
function repeatsNeeded({ difference, variance }: Compared): number | null {
  if (difference === 0) return null;
  const z = upperQuantile(LEVEL / 2) + upperQuantile(1 - POWER);
  const count = Math.ceil((z * z * variance) / (difference * difference)) + 2;
  return count <= MOST_REPEATS ? count : null;
}
