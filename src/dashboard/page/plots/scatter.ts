import { MISSING } from '../store/fields.js';
import { type Box, pixelX, pixelY } from './box.js';
import { CELL, type CellIndex, countIn, kindIn } from './density.js';
import { type Disc, discOf, opacities, Raster } from './raster.js';
import type { Pen, Size } from './stage.js';
import type { Rgb } from './theme.js';

/** More points than this become a density. */
export const EXACT_LIMIT = 5_000;

export type Points = {
  readonly xs: Uint16Array;
  readonly ys: Uint16Array;
  /** Which to draw. */
  readonly trials: Int32Array;
  /** By trial: which color and shape; null: always the first. */
  readonly kinds: Uint8Array | null;
  readonly styles: readonly Style[];
  /** Of the plot that draws them. */
  readonly cells: CellIndex;
};

export type Style = { readonly color: Rgb; readonly ring: boolean };

/** Draws trials as points: exactly up to a limit, as a density above. */
export function drawPoints(pen: Pen, size: Size, box: Box, points: Points, opacity = 0.75): void {
  if (points.trials.length === 0) return;
  const area = { left: 0, top: 0, width: size.width, height: size.height };
  // A density has one pixel for each cell, and grows when it is painted.
  const isDense = points.trials.length > EXACT_LIMIT;
  const raster = new Raster(isDense ? { ratio: 1 / CELL } : size, area);
  if (isDense) fillDensity(raster, box, points);
  else stampPoints(raster, box, points, opacity);
  raster.paint(pen, area);
}

function stampPoints(raster: Raster, box: Box, points: Points, opacity: number): void {
  const { xs, ys, trials, kinds, styles } = points;
  const { ratio } = raster;
  const count = trials.length;
  const radius = (count <= 250 ? 3.4 : count <= 1200 ? 2.6 : 1.8) * ratio;
  const discs: Disc[] = styles.map(({ ring }) => discOf(radius, ring ? 0.6 : 0));
  // A style of its own is drawn after the first, so that few trials are not hidden below many.
  for (let style = 0; style < styles.length; style++) {
    const { color } = styles[style] as Style;
    const disc = discs[style] as Disc;
    for (const k of trials) {
      if ((kinds ? kinds[k] : 0) !== style) continue;
      const [px, py] = [xs[k] as number, ys[k] as number];
      if ((px === MISSING && box.noneX === null) || (py === MISSING && box.noneY === null)) continue;
      raster.stamp(pixelX(box, px, k) * ratio, pixelY(box, py, k) * ratio, disc, color, opacity);
    }
  }
}

function fillDensity(raster: Raster, box: Box, { xs, ys, trials, kinds, styles, cells }: Points): void {
  const { width: columns, height: rows, words } = raster;
  const tally = cells.tally({ box, xs, ys, columns, rows, trials, kinds });
  let most = 1;
  for (let at = 0; at < words.length; at++) {
    const count = countIn(tally[at] as number);
    if (count > most) most = count;
  }
  const alpha = opacities(most);
  const colors = styles.map(({ color: [r, g, b] }) => (b << 16) | (g << 8) | r);
  for (let at = 0; at < words.length; at++) {
    const cell = tally[at] as number;
    if (cell === 0) continue;
    const opacity = alpha[Math.min(255, countIn(cell))] as number;
    const color = colors[kindIn(cell)] as number;
    words[at] = ((opacity * 255) << 24) | color;
  }
}

/** Returns the trial whose point is nearest, within some pixels; -1 for none. */
export function nearestPoint(
  box: Box,
  { xs, ys, trials }: Pick<Points, 'xs' | 'ys' | 'trials'>,
  x: number,
  y: number,
): number {
  let best = 18 * 18;
  let nearest = -1;
  for (const k of trials) {
    const [px, py] = [xs[k] as number, ys[k] as number];
    if ((px === MISSING && box.noneX === null) || (py === MISSING && box.noneY === null)) continue;
    const [dx, dy] = [pixelX(box, px, k) - x, pixelY(box, py, k) - y];
    const distance = dx * dx + dy * dy;
    if (distance < best) {
      best = distance;
      nearest = k;
    }
  }
  return nearest;
}
