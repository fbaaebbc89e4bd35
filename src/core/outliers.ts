/** With fewer values nobody can tell what is usual. */
const LEAST_COUNT = 10;
/** The first this many values lie anywhere; later ones of a good search lie close to the best. */
const FIRST = 10;
/** An outlier is this many times farther above the best value than all usual ones; a single one, LONE times. */
const GAP = 100;
const LONE = 1000;
/** The outliers themselves spread by at most this share of the gap below them, in decades. */
const SPREAD = 0.5;

/**
 * Returns the largest usual value: what lies above it is an outlier; Infinity when there are none. Lower values are better, and
 * `values` are in order of time. At least half of the values are usual. Above them there is a gap: the next value lies GAP times as
 * far above the best as the last usual one, and the gap is at least as wide, in decades, as the usual ones among the first ten
 * spread. So values that spread over many decades have no outliers: a gap as wide as all the rest is rare among them.
 */
export function outlierLimit(values: readonly number[]): number {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const least = sorted[0];
  if (least === undefined || sorted.length < LEAST_COUNT) return Number.POSITIVE_INFINITY;
  const early = values
    .slice(0, FIRST)
    .map((value) => value - least)
    .filter((above) => above > 0)
    .sort((a, b) => a - b);
  const [, scale] = early;
  if (scale === undefined || early.length < 3) return Number.POSITIVE_INFINITY;
  const top = (sorted.findLast((value) => Number.isFinite(value)) ?? least) - least;
  for (let at = Math.floor((sorted.length - 1) / 2); at < sorted.length - 1; at++) {
    const here = Math.max((sorted[at] as number) - least, scale);
    const next = (sorted[at + 1] as number) - least;
    const gap = next / here;
    if (!(gap > Math.max(at === sorted.length - 2 ? LONE : GAP, here / scale))) continue;
    if (next >= top || Math.log(top / next) <= SPREAD * Math.log(gap)) return sorted[at] as number;
  }
  return Number.POSITIVE_INFINITY;
}
