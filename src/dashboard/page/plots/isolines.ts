import type { Grid } from './contour-grid.js';

/** Pieces of one line of equal values: x1, y1, x2, y2 of each, as shares of the grid's width and height from the bottom left. */
export type Isoline = { readonly level: number; readonly pieces: Float32Array };

/** Corners of a cell, around it. */
const CORNERS = [
  [0, 0],
  [1, 0],
  [1, 1],
  [0, 1],
] as const;

/** Returns the lines of equal values of a grid, by marching squares. Nothing is drawn beside cells without a value. */
export function isolinesOf(grid: Grid, levels: readonly number[]): Isoline[] {
  return levels.map((level) => ({ level, pieces: Float32Array.from(piecesOf(grid, level)) }));
}

function piecesOf({ columns, rows, values }: Grid, level: number): number[] {
  const pieces: number[] = [];
  for (let row = 0; row + 1 < rows; row++)
    for (let column = 0; column + 1 < columns; column++) {
      const corners = CORNERS.map(([x, y]) => values[(row + y) * columns + column + x] as number);
      if (corners.some(Number.isNaN)) continue;
      const crossings: number[] = [];
      for (let k = 0; k < 4; k++) {
        const [a, b] = [corners[k] as number, corners[(k + 1) % 4] as number];
        if (a < level === b < level) continue;
        const share = (level - a) / (b - a);
        const [from, to] = [CORNERS[k] as readonly number[], CORNERS[(k + 1) % 4] as readonly number[]];
        const at = (axis: 0 | 1) =>
          (from[axis] as number) + share * ((to[axis] as number) - (from[axis] as number));
        // The value of a cell belongs to its middle.
        crossings.push((column + at(0) + 0.5) / columns, (row + at(1) + 0.5) / rows);
      }
      pieces.push(...crossings);
    }
  return pieces;
}

/** Returns where the value of a line may stand, the best place first; nowhere on a short line. */
export function labelPlaces({ pieces }: Isoline): (readonly [x: number, y: number])[] {
  const count = pieces.length / 4;
  if (count < 14) return [];
  return [0.5, 0.3, 0.7, 0.15, 0.85].map((share) => {
    const at = Math.floor(count * share) * 4;
    return [pieces[at] as number, pieces[at + 1] as number];
  });
}
