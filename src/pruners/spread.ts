import type { Losses } from '../core/pareto.js';

/**
 * Returns whether a point of a Pareto front is among the first `count` of `spreadOrder`. `front`: the other points of the front.
 * Points that are equal to another one do not count.
 */
export function isAmongSpread(own: Losses, front: readonly Losses[], count: number): boolean {
  let chosen = 0;
  for (const next of net(distinct(scaled([own, ...front])))) {
    if (++chosen > count) return false;
    if (next === 0) return true;
  }
  return false;
}

/**
 * Returns the indices of the points of a Pareto front in the order in which they stand for the whole front: an epsilon-net, chosen
 * one by one. The first is the one whose worst objective is the least bad. Each next one is the point that those chosen so far are
 * furthest from dominating: they would have to gain epsilon in every objective. Objectives are scaled by their range on the front.
 * Equal points follow each other, in their order.
 *
 * Epsilon dominance: Laumanns, Thiele, Deb and Zitzler, Evolutionary Computation 10(3), 2002. An epsilon-net that chooses
 * from a front in successive halving: Schmucker, Donini, Zafar, Salinas and Archambeau, arXiv 2106.12639, 2021.
 */
export function spreadOrder(front: readonly Losses[]): readonly number[] {
  if (front.length < 2) return front.map((_, k) => k);
  const points = scaled(front);
  const places = new Map<string, number[]>();
  for (const [k, point] of points.entries()) {
    const equal = places.get(keyOf(point));
    if (equal) equal.push(k);
    else places.set(keyOf(point), [k]);
  }
  const equals = [...places.values()];
  return [...net(distinct(points))].flatMap((k) => equals[k] as number[]);
}

/** Yields the indices of different points, as they are chosen. */
function* net(points: readonly Losses[]): Generator<number> {
  // How far the chosen points are from dominating each one.
  const epsilons = points.map((losses) => Math.max(...losses));
  const chosen = new Set<number>();
  while (chosen.size < points.length) {
    const isFirst = chosen.size === 0;
    const next = isFirst
      ? leastOf(points, epsilons, chosen)
      : leastOf(
          points,
          epsilons.map((epsilon) => -epsilon),
          chosen,
        );
    yield next;
    chosen.add(next);
    const added = points[next] as Losses;
    for (const [k, point] of points.entries()) {
      const epsilon = epsilonTo(added, point);
      epsilons[k] = isFirst ? epsilon : Math.min(epsilons[k] as number, epsilon);
    }
  }
}

/** Returns by how much a point would have to gain in every objective to dominate another one; 0 or less: it does. */
function epsilonTo(from: Losses, to: Losses): number {
  return from.reduce((most, loss, k) => Math.max(most, loss - (to[k] as number)), Number.NEGATIVE_INFINITY);
}

/**
 * Returns the index of the least key of those that are not chosen yet; of equal ones that of the point that comes first in
 * lexicographic order.
 */
function leastOf(points: readonly Losses[], keys: readonly number[], chosen: ReadonlySet<number>): number {
  let found = -1;
  for (const [k, point] of points.entries()) {
    if (chosen.has(k)) continue;
    const by = found < 0 ? -1 : (keys[k] as number) - (keys[found] as number);
    if (by < 0 || (by === 0 && isBefore(point, points[found] as Losses))) found = k;
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
  const found = new Map<string, Losses>();
  for (const point of points) if (!found.has(keyOf(point))) found.set(keyOf(point), point);
  return [...found.values()];
}

/** The same for equal points: 0 and -0 are. */
const keyOf = (point: Losses): string => point.join();
