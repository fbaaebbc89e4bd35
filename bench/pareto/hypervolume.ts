import type { Losses } from '../../src/core/pareto.js';

/** Returns the volume that points dominate, up to a worst point; all objectives are minimized. */
export function hypervolume(points: readonly Losses[], worst: Losses): number {
  const inside = points.filter((point) => point.every((loss, k) => loss < (worst[k] as number)));
  const last = worst.length - 1;
  if (last < 0 || inside.length === 0) return last < 0 ? 1 : 0;
  if (last === 0) return (worst[0] as number) - Math.min(...inside.map(([loss = 0]) => loss));
  const sorted = inside.toSorted((a, b) => (a[last] as number) - (b[last] as number));
  let volume = 0;
  // Slices along the last objective: each has the points that it has passed.
  for (const [k, point] of sorted.entries()) {
    const end = (sorted[k + 1]?.[last] ?? worst[last]) as number;
    const height = end - (point[last] as number);
    if (height > 0)
      volume +=
        height *
        hypervolume(
          sorted.slice(0, k + 1).map((each) => each.slice(0, last)),
          worst.slice(0, last),
        );
  }
  return volume;
}
