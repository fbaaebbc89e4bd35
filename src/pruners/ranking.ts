import { nonDominatedRanks } from '../core/pareto.js';
import type { Point } from './points.js';
import { spreadOrder } from './spread.js';

/** An entry with its point. `front`: 0 for the best, the same for those that are equally good. */
export type Ranked<T> = { readonly entry: T; readonly point: Point; readonly front: number };

/**
 * Returns entries in the order in which `isAmongBest` takes them, the best first: by how far they violate the metric constraints,
 * then by Pareto front, and on one front in the order in which they stand for all of it. Equal points stay in their order.
 */
export function rankByPoint<T>(
  entries: readonly { readonly entry: T; readonly point: Point }[],
): Ranked<T>[] {
  const violations = [...new Set(entries.map(({ point }) => point.violation))].sort((a, b) => a - b);
  const ranked: Ranked<T>[] = [];
  let first = 0;
  for (const violation of violations) {
    const alike = entries.filter(({ point }) => point.violation === violation);
    const fronts: (typeof alike)[number][][] = [];
    for (const [k, rank] of nonDominatedRanks(alike.map(({ point }) => point.losses)).entries()) {
      fronts[rank] ??= [];
      fronts[rank].push(alike[k] as (typeof alike)[number]);
    }
    for (const [rank, front] of fronts.entries())
      for (const k of spreadOrder(front.map(({ point }) => point.losses)))
        ranked.push({ ...(front[k] as (typeof alike)[number]), front: first + rank });
    first += fronts.length;
  }
  return ranked;
}
