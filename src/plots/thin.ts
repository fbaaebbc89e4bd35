/** Cells of the grid in which one point is kept: finer than eyes tell apart in a panel. */
const COLUMNS = 360;
const ROWS = 200;

/**
 * Returns the rows whose points are drawn: of those that lie on one another (within a 360th of the width and a 200th of
 * the height) the first alone. `x`, `y`: places from 0 to 1 by row, NaN for none. Few points stay as they are.
 */
export function thin(
  rows: readonly number[],
  x: (row: number) => number,
  y: (row: number) => number,
): number[] {
  const placed = rows.filter((row) => !Number.isNaN(x(row)) && !Number.isNaN(y(row)));
  if (placed.length <= 5000) return placed;
  const taken = new Uint8Array(COLUMNS * ROWS);
  return placed.filter((row) => {
    const cell = cellOf(x(row), COLUMNS) * ROWS + cellOf(y(row), ROWS);
    if (taken[cell] === 1) return false;
    taken[cell] = 1;
    return true;
  });
}

function cellOf(part: number, count: number): number {
  return Math.min(count - 1, Math.floor(part * count));
}

/** Returns at most `limit` of a list, at equal distances, the first and the last among them. */
export function evenly<T>(list: readonly T[], limit: number): readonly T[] {
  if (list.length <= limit) return list;
  return Array.from(
    { length: limit },
    (_, k) => list[Math.round((k * (list.length - 1)) / (limit - 1))] as T,
  );
}
