import { upperQuantile, upperTail } from '../../core/normal.js';

/**
 * Keeps a discrete coordinate from freezing: N. Hamano et al., CMA-ES with margin, GECCO 2022. If the probability of
 * leaving the mean's cell upwards or downwards has fallen below alpha / 2 (at the end of a range: that of the one side
 * below alpha), mean and deviation of the coordinate move until it is just that. Otherwise nothing changes.
 *
 * `widening` is the factor for the coordinate's deviation.
 */
export function shiftToMargin(
  mean: number,
  deviation: number,
  [low, high]: readonly [number, number],
  alpha: number,
): { mean: number; widening: number } {
  const unchanged = { mean, widening: 1 };
  if (!(deviation > 0)) return unchanged;
  const atBottom = low <= 1e-12;
  const atTop = high >= 1 - 1e-12;
  if (atBottom && atTop) return unchanged;
  if (atBottom || atTop) {
    const edge = atBottom ? high : low;
    const side = atBottom ? 1 : -1;
    if (upperTail((side * (edge - mean)) / deviation) >= alpha) return unchanged;
    return { mean: edge - side * upperQuantile(alpha) * deviation, widening: 1 };
  }
  const below = upperTail((mean - low) / deviation);
  const above = upperTail((high - mean) / deviation);
  if (below >= alpha / 2 && above >= alpha / 2) return unchanged;
  const inside = Math.max(0, 1 - below - above);
  const [raisedBelow, raisedAbove] = [Math.max(alpha / 2, below), Math.max(alpha / 2, above)];
  // The amount added is subtracted from all three parts, in proportion to what each has above alpha / 2.
  const excess = 1 - raisedBelow - raisedAbove - inside;
  const spare = raisedBelow + raisedAbove + inside - 1.5 * alpha;
  const settle = (p: number) => Math.min(0.5, p + (excess / spare) * (p - alpha / 2));
  const zBelow = upperQuantile(settle(raisedBelow));
  const zAbove = upperQuantile(settle(raisedAbove));
  const moved = (low * zAbove + high * zBelow) / (zBelow + zAbove);
  return { mean: moved, widening: (high - low) / ((zBelow + zAbove) * deviation) };
}
