import type { Direction } from '../../../src/core/trial.js';

/** The area that points of two objectives dominate, up to a worst point. */
export function hypervolume(
  points: readonly (readonly number[])[],
  directions: readonly Direction[],
  worst: readonly number[],
): number {
  const loss = (point: readonly number[], k: number) =>
    directions[k] === 'maximize' ? -(point[k] as number) : (point[k] as number);
  const [right, top] = [loss(worst, 0), loss(worst, 1)];
  const sorted = points
    .map((point) => [loss(point, 0), loss(point, 1)] as const)
    .filter(([x, y]) => x < right && y < top)
    .sort(([a], [b]) => a - b);
  let lowest = top;
  let area = 0;
  for (const [x, y] of sorted) {
    if (y >= lowest) continue;
    area += (right - x) * (lowest - y);
    lowest = y;
  }
  return area;
}
