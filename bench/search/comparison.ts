import { median, quantile } from '../stats.js';
import { rankedHigher } from './mann-whitney.js';
import { CHECKPOINTS } from './observer.js';

/** Values at each checkpoint, for each seed. */
export type Runs = readonly (readonly number[])[];
/** What one optimizer found on one problem. */
export type Line = { readonly title: string; readonly runs: Runs };

/** From so many seeds on, the median of a rival counts. */
export const LEAST_SEEDS = 3;
/** A difference is significant below this, in a one-sided test. */
export const SIGNIFICANT = 0.005;

export type Comparison = {
  readonly ours: number;
  /** The rival with the lowest median. */
  readonly best: string;
  readonly theirs: number;
  readonly isAtOrBelow: boolean;
  /** Rivals than which ours is significantly worse, with p. */
  readonly worseThan: readonly { readonly title: string; readonly p: number }[];
};

export const valuesAt = (runs: Runs, k: number): number[] => runs.map((best) => best[k] as number);

/** Returns how ours compares with the best of the rivals at a checkpoint; null where either was not measured. */
export function compareAt(ours: Runs, rivals: readonly Line[], k: number): Comparison | null {
  const counted = rivals
    .filter(({ runs }) => runs.length >= LEAST_SEEDS)
    .map(({ title, runs }) => ({ title, values: valuesAt(runs, k) }));
  const [first, ...rest] = counted;
  if (first === undefined || ours.length === 0) return null;
  const best = rest.reduce((a, b) => (median(b.values) < median(a.values) ? b : a), first);
  const own = valuesAt(ours, k);
  const tests = counted.map(({ title, values }) => ({ title, p: rankedHigher(own, values) }));
  return {
    ours: median(own),
    best: best.title,
    theirs: median(best.values),
    isAtOrBelow: median(own) <= median(best.values),
    worseThan: tests.filter(({ p }) => p < SIGNIFICANT).sort((a, b) => a.p - b.p),
  };
}

/** Returns a value as tables show it. */
export function short(value: number): string {
  if (!Number.isFinite(value)) return 'none';
  return Math.abs(value) >= 1000 ? value.toFixed(0) : value.toPrecision(4);
}

/** Returns the median with quartiles at each checkpoint. */
export function spreads(runs: Runs): string[] {
  return CHECKPOINTS.map((_, k) => {
    const values = valuesAt(runs, k);
    return `${short(median(values))} (${short(quantile(values, 0.25))} to ${short(quantile(values, 0.75))})`;
  });
}
