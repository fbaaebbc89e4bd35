import { percentile } from '../core/stats.js';
import type { Direction } from '../core/trial.js';

export type Limits = { readonly low: number; readonly high: number };

export const NO_LIMITS: Limits = { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };

/** With fewer values nothing is far from the rest. */
const FEWEST = 8;
/** Tukey (1977) calls values farther than 3 interquartile ranges beyond the quartiles far out. */
const FENCE = 3;
/** Values far out are cut off only where they would leave the others less than this part of the axis. */
const SQUASHED = 0.5;

/**
 * Returns the limits between which values are drawn, so that a few far ones do not leave the others on one line. Only the
 * bad side is limited, both without a direction: the best values are always seen. Infinite for no limit.
 */
export function outlierLimits(
  values: Iterable<number>,
  { direction, isLog }: { readonly direction: Direction | null; readonly isLog: boolean },
): Limits {
  const to = isLog ? Math.log : (value: number) => value;
  const sorted = Float64Array.from(values).map(to).filter(Number.isFinite).sort();
  if (sorted.length < FEWEST) return NO_LIMITS;
  const at = (percent: number) => percentileOf(sorted, percent);
  const spread = at(75) - at(25) || at(95) - at(5);
  const [least, most] = [sorted[0] as number, sorted.at(-1) as number];
  if (spread === 0) return NO_LIMITS;
  const back = isLog ? Math.exp : (value: number) => value;
  const high = at(75) + FENCE * spread;
  const low = at(25) - FENCE * spread;
  const cutsHigh = direction !== 'maximize' && high - least < SQUASHED * (most - least);
  const cutsLow = direction !== 'minimize' && most - low < SQUASHED * (most - least);
  return {
    low: cutsLow ? back(low) : Number.NEGATIVE_INFINITY,
    high: cutsHigh ? back(high) : Number.POSITIVE_INFINITY,
  };
}

/** Of sorted values without NaN. */
function percentileOf(sorted: Float64Array, percent: number): number {
  const at = (sorted.length - 1) * (percent / 100);
  return percentile([sorted[Math.floor(at)] as number, sorted[Math.ceil(at)] as number], (at % 1) * 100);
}
