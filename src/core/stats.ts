/** Arithmetic mean; NaN for an empty list. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, v) => sum + v, 0) / values.length;
}

/** Sample standard deviation (n - 1); null with fewer than two values. */
export function standardDeviation(values: readonly number[]): number | null {
  if (values.length < 2) return null;
  const center = mean(values);
  return Math.sqrt(values.reduce((sum, v) => sum + (v - center) * (v - center), 0) / (values.length - 1));
}

/** Percentile of the values that are not NaN, linear between neighbors as in numpy; NaN when there are none. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.filter((v) => !Number.isNaN(v)).sort((a, b) => a - b);
  if (sorted.length === 0) return Number.NaN;
  const at = (sorted.length - 1) * (percent / 100);
  const below = sorted[Math.floor(at)] as number;
  const above = sorted[Math.ceil(at)] as number;
  // Equal neighbors first: infinity minus infinity is NaN.
  if (below === above) return below;
  const share = at - Math.floor(at);
  // The percentile between a number and an infinity is that infinity, of either sign.
  if (!Number.isFinite(above - below)) return below * (1 - share) + above * share;
  // From the nearer end, as numpy does: decisions that depend on the last bit then agree with Optuna's.
  return share < 0.5 ? below + (above - below) * share : above - (above - below) * (1 - share);
}
