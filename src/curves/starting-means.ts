import type { CurvePoint, StepGrid } from './step-grid.js';

/** The mean of a step that nobody reached continues the last trend, with this share of its slope from knot to knot. */
const TREND = 0.5;

/**
 * Returns the mean of the curves at each knot: at the first one that of all, then by the mean change from knot to knot of the
 * curves that reached both, since those that went on were better before. Where nobody was, the last trend continues, weaker.
 */
export function startingMeans(grid: StepGrid, curves: readonly (readonly CurvePoint[])[]): Float64Array {
  const size = grid.knots.length;
  const values = curves.map((points) => nearKnots(points, size));
  const mean = new Float64Array(size);
  const first = values.reduce((least, own) => {
    const at = own.findIndex((v) => !Number.isNaN(v));
    return at >= 0 ? Math.min(least, at) : least;
  }, size - 1);
  mean[first] = meanOf(values.map((own) => own[first] as number));
  for (let k = 0; k < first; k++) mean[k] = mean[first] as number;
  let trend = 0;
  for (let k = first + 1; k < size; k++) {
    const run = (grid.places[k] as number) - (grid.places[k - 1] as number);
    const change = meanOf(values.map((own) => (own[k] as number) - (own[k - 1] as number)));
    if (Number.isNaN(change)) trend *= TREND;
    else trend = Math.min(0, change / run);
    mean[k] = (mean[k - 1] as number) + (Number.isNaN(change) ? trend * run : change);
  }
  return mean;
}

/** Returns a curve's values at the knots, by the observations nearest to each; straight over knots in between. */
function nearKnots(points: readonly CurvePoint[], size: number): Float64Array {
  const sums = new Float64Array(size);
  const counts = new Float64Array(size);
  for (const { weights, value } of points)
    for (let k = 0; k < size; k++) {
      const w = weights[k] as number;
      if (w < 0.5) continue;
      sums[k] = (sums[k] as number) + w * value;
      counts[k] = (counts[k] as number) + w;
    }
  const own = sums.map((sum, k) => ((counts[k] as number) > 0 ? sum / (counts[k] as number) : Number.NaN));
  let last = -1;
  for (let k = 0; k < size; k++) {
    if (Number.isNaN(own[k])) continue;
    for (let gap = last + 1; last >= 0 && gap < k; gap++)
      own[gap] =
        (own[last] as number) + (((own[k] as number) - (own[last] as number)) * (gap - last)) / (k - last);
    last = k;
  }
  return own;
}

/** Returns the mean of the values that are not NaN; NaN without any. */
function meanOf(values: readonly number[]): number {
  const known = values.filter((v) => !Number.isNaN(v));
  return known.reduce((sum, v) => sum + v, 0) / known.length;
}
