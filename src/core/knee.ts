import type { Losses } from './pareto.js';

/**
 * Returns the index of the knee of a Pareto front: the point that lies farthest before the plane through the ends of the front, with
 * every objective as a share of the front's extent (Das, On characterizing the "knee" of the Pareto curve, Structural Optimization
 * 18, 1999). From there, a gain in one objective costs the most in the others. Null where no point lies before the plane: with fewer than
 * three points, or where the front is straight or bends away. Of equal points it is the first.
 */
export function kneeOf(front: readonly Losses[]): number | null {
  const finite = front.flatMap((losses, at) => (losses.every(Number.isFinite) ? [{ losses, at }] : []));
  const objectives = finite[0]?.losses.length ?? 0;
  if (finite.length < 3 || objectives < 2) return null;
  const sums = finite.map(() => 0);
  for (let k = 0; k < objectives; k++) {
    const column = finite.map(({ losses }) => losses[k] as number);
    const least = column.reduce((a, b) => Math.min(a, b));
    // Halves, so that a range of all doubles does not overflow.
    const half = column.reduce((a, b) => Math.max(a, b)) / 2 - least / 2;
    if (half > 0)
      column.forEach((loss, i) => {
        sums[i] = (sums[i] as number) + (loss / 2 - least / 2) / half;
      });
  }
  const smallest = sums.reduce((a, b) => Math.min(a, b));
  // A straight front is one up to rounding.
  return smallest < 1 - 1e-9 ? (finite[sums.indexOf(smallest)]?.at ?? null) : null;
}
