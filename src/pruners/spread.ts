import type { Losses } from '../core/pareto.js';

/**
 * Returns whether a point of a Pareto front is among the `count` of it that stand for the whole front: an epsilon-net, chosen one
 * by one. The first is the one whose worst objective is the least bad. Each next one is the point that those chosen so far are
 * furthest from dominating: they would have to gain epsilon in every objective. Objectives are scaled by their range on the front.
 * `front`: the other points of the front. Points that are equal to this one do not count against it.
 *
 * Epsilon dominance: Laumanns, Thiele, Deb and Zitzler, Evolutionary Computation 10(3), 2002. An epsilon-net that chooses
 * from a front in successive halving: Schmucker, Donini, Zafar, Salinas and Archambeau, arXiv 2106.12639, 2021.
 */
export function isAmongSpread(own: Losses, front: readonly Losses[], count: number): boolean {
  const points = distinct(scaled([own, ...front]));
  const isOwn = (at: number) => at === 0;
  // How far the chosen points are from dominating each one.
  const epsilons = points.map((losses) => Math.max(...losses));
  let next = leastOf(points, epsilons);
  for (let chosen = 1; chosen <= count; chosen++) {
    if (isOwn(next)) return true;
    const added = points[next] as Losses;
    for (const [k, point] of points.entries()) {
      const epsilon = epsilonTo(added, point);
      epsilons[k] = chosen === 1 ? epsilon : Math.min(epsilons[k] as number, epsilon);
    }
    next = leastOf(
      points,
      epsilons.map((epsilon) => -epsilon),
    );
  }
  return false;
}

/** Returns by how much a point would have to gain in every objective to dominate another one; 0 or less: it does. */
function epsilonTo(from: Losses, to: Losses): number {
  return from.reduce((most, loss, k) => Math.max(most, loss - (to[k] as number)), Number.NEGATIVE_INFINITY);
}

/** Returns the index of the least key; of equal ones that of the point that comes first in lexicographic order. */
function leastOf(points: readonly Losses[], keys: readonly number[]): number {
  let found = 0;
  for (let k = 1; k < points.length; k++) {
    const by = (keys[k] as number) - (keys[found] as number);
    if (by < 0 || (by === 0 && isBefore(points[k] as Losses, points[found] as Losses))) found = k;
  }
  return found;
}

function isBefore(a: Losses, b: Losses): boolean {
  const k = a.findIndex((loss, at) => loss !== b[at]);
  return k >= 0 && (a[k] as number) < (b[k] as number);
}

/** Returns each objective as a part of its range, infinite losses at its worse end. */
function scaled(points: readonly Losses[]): Losses[] {
  const ranges = (points[0] ?? []).map((_, k) => {
    const column = points.flatMap((point) => (Number.isFinite(point[k]) ? [point[k] as number] : []));
    return [Math.min(...column), Math.max(...column)] as const;
  });
  return points.map((point) =>
    point.map((loss, k) => {
      const [low, high] = ranges[k] as readonly [number, number];
      // Halves, so that a range of all doubles does not overflow.
      const range = high / 2 - low / 2;
      if (loss === Number.POSITIVE_INFINITY) return 1;
      if (loss === Number.NEGATIVE_INFINITY || !(range > 0)) return 0;
      return (loss / 2 - low / 2) / range;
    }),
  );
}

/** Returns the points without repetitions, the first one first. */
function distinct(points: readonly Losses[]): Losses[] {
  return [...new Map(points.map((point) => [point.join(), point])).values()];
}
