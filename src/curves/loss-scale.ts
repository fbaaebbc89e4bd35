import type { LearningCurve } from './learning-curves.js';

/** A monotone scale on which losses of many orders of magnitude are modeled. */
export type LossScale = {
  /** Returns the place of a loss on the scale; infinities and outliers are `TOP` at most. */
  readonly at: (loss: number) => number;
  /** Returns the loss at a place; the inverse of `at` below `TOP`. */
  readonly loss: (place: number) => number;
};

/** The worst place: this many spreads above the middle. A diverged trial lies there, and not so far off that all others look equal. */
export const TOP = 3;
/** Strengths of the logarithm that are compared; the first is nearly a straight line. */
const BENDS = [1e-3, 0.3, 1, 3, 10, 30, 100];
/** The best loss lies at most this many spreads below the middle: a scale that makes it an outlier leaves nothing to improve. */
const BOTTOM = 3;
/** Differences of losses must stay finite. */
const LARGEST = 1e300;
/** Distances in units of the spread beyond which all are the same. */
const FARTHEST = 1e100;
/** The middle and the half width of the normal distribution's central half, which the spread is measured by. */
const QUARTILE = 0.6745;

/**
 * Returns log(1 + c u) / c of the distance u above the best loss, where c makes the losses of each step look most like
 * normal ones (Box and Cox 1964), standardized by the middle and the spread of the last losses of all trials.
 */
export function makeLossScale(curves: readonly LearningCurve[]): LossScale {
  const ends = sorted(curves.map(({ losses, final }) => clip(final ?? losses.at(-1) ?? Number.NaN)));
  const all = curves.flatMap(({ losses, final }) => [...losses, final ?? Number.NaN]).filter(Number.isFinite);
  const best = all.reduce((least, loss) => Math.min(least, clip(loss)), Number.POSITIVE_INFINITY);
  if (best === Number.POSITIVE_INFINITY) return { at: (loss) => (loss < LARGEST ? 0 : TOP), loss: () => 0 };
  const finite = ends.filter((loss) => loss < LARGEST);
  const above = finite.slice(Math.floor(finite.length / 2)).find((loss) => loss > best);
  const unit =
    (above ?? sorted(all).find((loss) => loss > best) ?? best + Math.max(1, Math.abs(best))) - best;
  const distance = (loss: number) => Math.min(Math.max((clip(loss) - best) / unit, -1), FARTHEST);
  const quarters = [0.25, 0.5, 0.75].map((share) => distance(quantile(finite, share)));
  const bends = BENDS.filter((bend, k) => k === 0 || isInside(quarters, bend));
  const bend = bestBend(groupsOf(curves), distance, bends);
  const bent = (loss: number) => Math.log1p(Math.max(bend * distance(loss), -0.999)) / bend;
  const places = finite.map(bent);
  const middle = quantile(places, 0.5);
  // Half of the trials may be equal: then the whole range tells the spread.
  const spread =
    (quantile(places, 0.75) - quantile(places, 0.25)) / (2 * QUARTILE) ||
    ((places.at(-1) ?? 0) - (places[0] ?? 0)) / 2 ||
    Math.abs(middle) ||
    1;
  return {
    at: (loss) => (loss >= LARGEST ? TOP : Math.min(TOP, (bent(loss) - middle) / spread)),
    loss: (place) => {
      const inside = Math.expm1(Math.min(bend * (middle + spread * place), 600)) / bend;
      return best + unit * inside;
    },
  };
}

/** Returns the finite losses by rank of their step in the trial, up to the tenth: what one scale should make normal. */
function groupsOf(curves: readonly LearningCurve[]): readonly (readonly number[])[] {
  const groups = new Map<number, number[]>();
  const add = (key: number, loss: number) => {
    if (!Number.isFinite(loss)) return;
    const group = groups.get(key);
    if (group) group.push(loss);
    else groups.set(key, [loss]);
  };
  for (const { steps, losses, final } of curves) {
    const stride = Math.max(1, Math.ceil(steps.length / 16));
    for (let k = stride - 1; k < steps.length; k += stride) add(steps[k] as number, losses[k] as number);
    if (final !== null) add(Number.POSITIVE_INFINITY, final);
  }
  return [...groups].sort(([a], [b]) => a - b).flatMap(([, group]) => (group.length >= 4 ? [group] : []));
}

/** Whether a bend leaves the best loss (its distance is 0) near the others; `quarters`: the quartiles of their distances. */
function isInside([low = 0, middle = 0, high = 0]: readonly number[], bend: number): boolean {
  const spread = (Math.log1p(bend * high) - Math.log1p(bend * low)) / (2 * QUARTILE);
  return Math.log1p(bend * middle) <= BOTTOM * spread;
}

/** Returns the bend of the greatest likelihood; outliers above the upper tenth of a step do not count. */
function bestBend(
  groups: readonly (readonly number[])[],
  distance: (loss: number) => number,
  bends: readonly number[],
): number {
  const kept = groups.map((group) => {
    const ascending = sorted(group).map(distance);
    return ascending.slice(0, Math.max(3, Math.ceil(0.9 * ascending.length)));
  });
  let chosen = bends[0] as number;
  let greatest = Number.NEGATIVE_INFINITY;
  for (const bend of bends) {
    let likelihood = 0;
    for (const group of kept) {
      let sum = 0;
      let squares = 0;
      for (const u of group) {
        const log = Math.log1p(bend * u);
        sum += log / bend;
        squares += (log / bend) * (log / bend);
        likelihood -= log;
      }
      const n = group.length;
      const variance = squares / n - (sum / n) * (sum / n);
      likelihood -= 0.5 * n * Math.log(Math.max(variance, 1e-12));
    }
    if (likelihood > greatest + 1e-9) {
      greatest = likelihood;
      chosen = bend;
    }
  }
  return chosen;
}

const clip = (loss: number) => Math.min(LARGEST, Math.max(-LARGEST, loss));

/** Returns the values in ascending order, without NaN. */
function sorted(values: readonly number[]): number[] {
  return values.filter((v) => !Number.isNaN(v)).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

function quantile(ascending: readonly number[], share: number): number {
  if (ascending.length === 0) return 0;
  const at = share * (ascending.length - 1);
  const low = ascending[Math.floor(at)] as number;
  return low + (at - Math.floor(at)) * ((ascending[Math.ceil(at)] as number) - low);
}
