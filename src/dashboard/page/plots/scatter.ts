import { MISSING } from '../store/fields.js';
import { type Box, pixelX, pixelY } from './axes.js';
import { type Disc, discOf, opacities, Raster } from './raster.js';
import type { Pen, Size } from './stage.js';
import type { Rgb } from './theme.js';

/** More points than this become a density. */
export const EXACT_LIMIT = 5_000;
const CELL = 2;

export type Points = {
  readonly xs: Uint16Array;
  readonly ys: Uint16Array;
  readonly mask: Uint8Array;
  /** How many the mask has. */
  readonly count: number;
  /** By trial: which color and shape; null: always the first. */
  readonly kinds: Uint8Array | null;
  readonly styles: readonly Style[];
};

export type Style = { readonly color: Rgb; readonly ring: boolean };

/** Draws trials as points: exactly up to a limit, as a density above. */
export function drawPoints(pen: Pen, size: Size, box: Box, points: Points, opacity = 0.75): void {
  if (points.count === 0) return;
  const area = { left: 0, top: 0, width: size.width, height: size.height };
  // A density has one pixel for each cell, and grows when it is painted.
  const isDense = points.count > EXACT_LIMIT;
  const raster = new Raster(isDense ? { ratio: 1 / CELL } : size, area);
  if (isDense) fillDensity(raster, box, points);
  else stampPoints(raster, box, points, opacity);
  raster.paint(pen, area);
}

function stampPoints(raster: Raster, box: Box, points: Points, opacity: number): void {
  const { xs, ys, mask, kinds, styles, count } = points;
  const { ratio } = raster;
  const radius = (count <= 250 ? 3.4 : count <= 1200 ? 2.6 : 1.8) * ratio;
  const discs: Disc[] = styles.map(({ ring }) => discOf(radius, ring ? 0.6 : 0));
  // A style of its own is drawn after the first, so that few trials are not hidden below many.
  for (let style = 0; style < styles.length; style++) {
    const { color } = styles[style] as Style;
    const disc = discs[style] as Disc;
    for (let k = 0; k < mask.length; k++) {
      if (!mask[k] || (kinds ? kinds[k] : 0) !== style) continue;
      const [px, py] = [xs[k] as number, ys[k] as number];
      if ((px === MISSING && box.noneX === null) || (py === MISSING && box.noneY === null)) continue;
      raster.stamp(pixelX(box, px, k) * ratio, pixelY(box, py, k) * ratio, disc, color, opacity);
    }
  }
}

function fillDensity(raster: Raster, box: Box, points: Points): void {
  const { xs, ys, mask, kinds, styles } = points;
  const { width: columns, height: rows, words } = raster;
  const counts = new Uint8Array(columns * rows);
  const cellKinds = new Uint8Array(columns * rows);
  const [toColumn, toRow] = [(box.width / 65_534) * (1 / CELL), (box.height / 65_534) * (1 / CELL)];
  const [left, bottom] = [box.left / CELL, (box.top + box.height) / CELL];
  let most = 1;
  for (let k = 0; k < mask.length; k++) {
    if (!mask[k]) continue;
    const [px, py] = [xs[k] as number, ys[k] as number];
    let column: number;
    let row: number;
    if (px === MISSING) {
      if (box.noneX === null) continue;
      column = (pixelX(box, px, k) / CELL) | 0;
    } else column = (left + px * toColumn) | 0;
    if (py === MISSING) {
      if (box.noneY === null) continue;
      row = (pixelY(box, py, k) / CELL) | 0;
    } else row = (bottom - py * toRow) | 0;
    const at = row * columns + column;
    const count = counts[at] as number;
    const kind = kinds ? (kinds[k] as number) : 0;
    if (count === 0 || kind < (cellKinds[at] as number)) cellKinds[at] = kind;
    if (count < 255) {
      counts[at] = count + 1;
      if (count >= most) most = count + 1;
    }
  }
  const alpha = opacities(most);
  const colors = styles.map(({ color: [r, g, b] }) => (b << 16) | (g << 8) | r);
  for (let at = 0; at < counts.length; at++) {
    const count = counts[at] as number;
    if (count === 0) continue;
    words[at] = (((alpha[count] as number) * 255) << 24) | (colors[cellKinds[at] as number] as number);
  }
}

/** Returns the trial whose point is nearest, within some pixels; -1 for none. */
export function nearestPoint(
  box: Box,
  { xs, ys, mask }: Pick<Points, 'xs' | 'ys' | 'mask'>,
  x: number,
  y: number,
): number {
  let best = 18 * 18;
  let nearest = -1;
  for (let k = 0; k < mask.length; k++) {
    if (!mask[k]) continue;
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
