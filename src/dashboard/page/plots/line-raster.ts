import { MISSING } from '../store/fields.js';
import { sheetOf } from './raster.js';
import type { Pen } from './stage.js';

/** Polylines of many trials between axes that stand side by side, as counts of lines in cells. */
export type Lines = {
  /** By axis: the place of each trial, MISSING for none. A line has a gap there where the band has no row for it. */
  readonly places: readonly Uint16Array[];
  /** By axis: where it stands, in CSS pixels. */
  readonly xs: readonly number[];
  /** Which to draw. */
  readonly trials: Int32Array;
  /** By trial: its color in the ramp. Null: `color` for all. */
  readonly shades: Uint8Array | null;
  /** 256 colors, or one. */
  readonly ramp: Uint8Array;
};

export type Band = { readonly top: number; readonly height: number; readonly noneY: number | null };

/** Up to so many steps over columns of pixels are drawn line by line. */
const EXACT_STEPS = 5_000_000;
const BINS = 64;
const ROWS = 128;

/** Draws lines as a density: each one exactly where there are few, else by how many join two parts of neighboring axes. */
export function drawLines(pen: Pen, lines: Lines, band: Band): void {
  const { xs } = lines;
  const count = lines.trials.length;
  const [left, right] = [xs[0] ?? 0, xs.at(-1) ?? 0];
  if (xs.length < 2 || count === 0) return;
  const total = band.noneY === null ? band.height : band.noneY - band.top + 8;
  const isExact = count <= 5_000 && count * (right - left) <= EXACT_STEPS;
  const rows = isExact ? Math.ceil(total) : Math.ceil((ROWS * total) / band.height);
  const cell = isExact ? 1 : 3;
  const columns = Math.ceil((right - left) / cell) + 1;
  const cells = new Cells(columns, rows);
  const toRow = rows / total;
  for (let axis = 0; axis + 1 < xs.length; axis++) {
    const [from, to] = [((xs[axis] as number) - left) / cell, ((xs[axis + 1] as number) - left) / cell];
    const pair = { from: Math.round(from), to: Math.round(to), axis, toRow };
    if (isExact) addLines(cells, lines, band, pair);
    else addBins(cells, lines, band, pair);
  }
  cells.paint(pen, lines, { left, top: band.top, width: columns * cell, height: total });
}

type Pair = { readonly from: number; readonly to: number; readonly axis: number; readonly toRow: number };

function addLines(
  cells: Cells,
  { places, trials, shades }: Lines,
  band: Band,
  { from, to, axis, toRow }: Pair,
): void {
  const [first, second] = [places[axis] as Uint16Array, places[axis + 1] as Uint16Array];
  for (const k of trials) {
    if (band.noneY === null && (first[k] === MISSING || second[k] === MISSING)) continue;
    const y = rowOf(band, first[k] as number, k) * toRow;
    const end = rowOf(band, second[k] as number, k) * toRow;
    cells.add(from, to, y, end, 1, shades ? (shades[k] as number) : 0);
  }
}

function addBins(
  cells: Cells,
  { places, trials, shades }: Lines,
  band: Band,
  { from, to, axis, toRow }: Pair,
): void {
  const [first, second] = [binsOf(places[axis] as Uint16Array), binsOf(places[axis + 1] as Uint16Array)];
  const size = BINS + 1;
  // Each line adds ONE and its shade, so that one sum has both.
  const sums = pairSums.fill(0);
  for (let k = 0; k < trials.length; k++) {
    const trial = trials[k] as number;
    const at = (first[trial] as number) * size + (second[trial] as number);
    sums[at] = (sums[at] as number) + ONE + (shades ? (shades[trial] as number) : 0);
  }
  const last = band.noneY === null ? BINS : size;
  const center = (bin: number) => rowOf(band, bin === BINS ? MISSING : (bin << 10) + 512, 0) * toRow;
  for (let a = 0; a < last; a++)
    for (let b = 0; b < last; b++) {
      const sum = sums[a * size + b] as number;
      const count = Math.floor(sum / ONE);
      if (count > 0) cells.add(from, to, center(a), center(b), count, (sum - count * ONE) / count);
    }
}

/** More than the shades of all trials together. */
const ONE = 2 ** 32;
const pairSums = new Float64Array((BINS + 1) ** 2);
const known = new WeakMap<Uint16Array, Uint8Array>();

/** Returns the bin of each trial; the last one is for trials without a value. */
function binsOf(places: Uint16Array): Uint8Array {
  const earlier = known.get(places);
  if (earlier) return earlier;
  const bins = new Uint8Array(places.length);
  for (let k = 0; k < bins.length; k++) bins[k] = places[k] === MISSING ? BINS : (places[k] as number) >> 10;
  known.set(places, bins);
  return bins;
}

/** Rows count down from the top of the band. */
function rowOf(band: Band, place: number, trial: number): number {
  if (place === MISSING) return (band.noneY ?? band.top + band.height) - band.top + ((trial * 37) % 7) - 3;
  return band.height - (place / 65_534) * band.height;
}

/** Each raster of lines is painted before the next is made, so that all use the same arrays. */
let spare = { counts: new Float32Array(0), shades: new Float32Array(0) };

class Cells {
  readonly #columns: number;
  readonly #rows: number;
  /** Column by column, since lines are followed so. */
  readonly #counts: Float32Array;
  readonly #shades: Float32Array;

  constructor(columns: number, rows: number) {
    this.#columns = columns;
    this.#rows = rows;
    const length = columns * rows;
    if (spare.counts.length < length)
      spare = { counts: new Float32Array(length), shades: new Float32Array(length) };
    this.#counts = spare.counts.subarray(0, length).fill(0);
    this.#shades = spare.shades.subarray(0, length).fill(0);
  }

  /** Each line covers two rows in every column, in proportion to how near it is. */
  add(from: number, to: number, y: number, end: number, count: number, shade: number): void {
    const [counts, shades, rows] = [this.#counts, this.#shades, this.#rows];
    const slope = (end - y) / Math.max(1, to - from);
    const last = rows - 2;
    let row = y - 0.5;
    let base = from * rows;
    for (let column = from; column <= to; column++) {
      const place = row < 0 ? 0 : row > last ? last : row;
      const whole = place | 0;
      const lower = count * (place - whole);
      const upper = count - lower;
      const at = base + whole;
      counts[at] = (counts[at] as number) + upper;
      counts[at + 1] = (counts[at + 1] as number) + lower;
      shades[at] = (shades[at] as number) + upper * shade;
      shades[at + 1] = (shades[at + 1] as number) + lower * shade;
      row += slope;
      base += rows;
    }
  }

  paint(
    pen: Pen,
    { trials, ramp }: Lines,
    area: { left: number; top: number; width: number; height: number },
  ): void {
    const [columns, rows, counts, shades] = [this.#columns, this.#rows, this.#counts, this.#shades];
    const { image, canvas } = sheetOf(columns, rows);
    const words = new Uint32Array(image.data.buffer);
    let most = 0;
    for (let k = 0; k < counts.length; k++) if ((counts[k] as number) > most) most = counts[k] as number;
    const opacity = opacityOf(trials.length, most);
    for (let column = 0; column < columns; column++)
      for (let row = 0; row < rows; row++) {
        const at = column * rows + row;
        const lines = counts[at] as number;
        if (lines === 0) continue;
        const shade = (((shades[at] as number) / lines) | 0) * 3;
        const cover = opacity(lines);
        words[row * columns + column] =
          (cover << 24) |
          ((ramp[shade + 2] as number) << 16) |
          ((ramp[shade + 1] as number) << 8) |
          (ramp[shade] as number);
      }
    canvas.getContext('2d')?.putImageData(image, 0, 0);
    pen.imageSmoothingEnabled = true;
    pen.drawImage(canvas, area.left, area.top, area.width, area.height);
  }
}

/** Returns how opaque a cell is, from 0 to 255, by how many lines cross it: less than one at the edge of a line. */
function opacityOf(count: number, most: number): (lines: number) => number {
  if (count <= 2_000) {
    const one = count > 300 ? 60 : 110;
    return (lines) => (lines < 1 ? lines * one : Math.min(255, one + (255 - one) * (Math.log(lines) / 4)));
  }
  // A table, since a logarithm for each cell would take longer than the lines.
  const table = new Uint8Array(1025);
  const scale = 1 / Math.log1p(most);
  for (let k = 0; k <= 1024; k++) table[k] = 16 + 239 * (Math.log1p((k / 1024) ** 2 * most) * scale);
  const root = 1024 / Math.sqrt(most);
  return (lines) => (lines < 1 ? 16 * lines : (table[(Math.sqrt(lines) * root) | 0] as number));
}
