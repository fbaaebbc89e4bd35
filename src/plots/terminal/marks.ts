import type { CartesianPanel, Mark } from '../figure.js';
import { makeLinePosition, makePosition } from '../scale.js';
import type { Canvas } from './canvas.js';
import { boxGlyph, type Glyphs, letterOf } from './glyphs.js';

/** Draws the marks of a panel on a canvas; bars have a drawing of their own. */
export function drawMarks({ x, y, marks }: CartesianPanel, canvas: Canvas, glyphs: Glyphs): void {
  const places: Places = {
    px: makePosition(x),
    py: makePosition(y),
    lx: makeLinePosition(x),
    ly: makeLinePosition(y),
  };
  for (const mark of marks) drawMark(mark, places, canvas, glyphs);
}

type Places = Record<'px' | 'py' | 'lx' | 'ly', (value: number) => number>;

function drawMark(mark: Mark, places: Places, canvas: Canvas, glyphs: Glyphs): void {
  switch (mark.mark) {
    case 'points':
      for (const [k, value] of mark.x.entries()) {
        const [a, b] = [places.px(value), places.py(mark.y[k] as number)];
        if (mark.shape === 'dot') canvas.point(a, b, mark.tone);
        else canvas.put(a, b, mark.shape === 'cross' ? glyphs.cross : glyphs.largeDot, mark.tone);
      }
      break;
    case 'line':
      if (mark.isStep) stepLine(mark, places, canvas, glyphs);
      else line(mark, places, canvas);
      break;
    case 'band':
      band(mark, places, canvas, glyphs);
      break;
    case 'boxes':
      boxes(mark, places, canvas, glyphs);
      break;
    case 'intervals':
      for (const [k, value] of mark.x.entries()) {
        const at = places.px(value);
        const [low, high] = [places.ly(mark.low[k] as number), places.ly(mark.high[k] as number)];
        if (![at, low, high].some(Number.isNaN)) canvas.line([at, low], [at, high], mark.tone);
      }
      break;
    case 'bars':
      break;
  }
}

type LineMark = Extract<Mark, { mark: 'line' }>;

function line({ tone, x, y }: LineMark, { lx, ly }: Places, canvas: Canvas): void {
  let before: readonly [number, number] | null = null;
  let last: readonly [number, number] | null = null;
  for (const [k, value] of x.entries()) {
    const here = [lx(value), ly(y[k] as number)] as const;
    const isPlaced = !here.some(Number.isNaN);
    if (isPlaced) canvas.line(before ?? here, here, tone);
    before = isPlaced ? here : null;
    if (isPlaced && here[1] >= 0 && here[1] <= 1) last = here;
  }
  const letter = letterOf(tone);
  if (letter !== null && last !== null) canvas.put(last[0], last[1], letter, tone);
}

/** Horizontal and vertical strokes of whole cells, so that they differ from points without color, too. */
function stepLine({ tone, x, y }: LineMark, { lx, ly }: Places, canvas: Canvas, glyphs: Glyphs): void {
  let before: readonly [number, number] | null = null;
  for (const [k, value] of x.entries()) {
    const [a, b] = [lx(value), ly(y[k] as number)];
    if (Number.isNaN(a) || Number.isNaN(b)) continue;
    const [column, row] = canvas.cellAt(a, b);
    const [fromColumn, fromRow] = before ?? [column, row];
    for (let at = fromColumn; at <= column; at++) canvas.putCell(at, fromRow, glyphs.across, tone);
    const step = Math.sign(row - fromRow);
    const limit = Math.min(Math.abs(row - fromRow), 2 * canvas.rows);
    for (let k = 1; k < limit; k++) canvas.putCell(column, fromRow + k * step, glyphs.down, tone);
    canvas.putCell(column, row, glyphs.across, tone);
    before = [column, row];
  }
}

/** A box fills the cells whose middles it covers, and at least one. */
function boxes(
  { tone, left, right, bottom, top }: Extract<Mark, { mark: 'boxes' }>,
  { lx, ly }: Places,
  canvas: Canvas,
  glyphs: Glyphs,
): void {
  const glyph = boxGlyph(tone, glyphs);
  const range = (from: number, to: number, count: number): readonly [number, number] => {
    const first = Math.max(0, Math.ceil(from * count - 0.5));
    const last = Math.min(count - 1, Math.ceil(to * count - 0.5) - 1);
    return last < first ? [Math.floor(from * count), Math.floor(from * count)] : [first, last];
  };
  for (const [k, value] of left.entries()) {
    const [a, b] = [lx(value), lx(right[k] as number)];
    const [c, d] = [ly(bottom[k] as number), ly(top[k] as number)];
    if ([a, b, c, d].some(Number.isNaN)) continue;
    const [first, last] = range(a, b, canvas.columns);
    const [low, high] = range(c, d, canvas.rows);
    for (let row = low; row <= high; row++)
      for (let column = first; column <= last; column++)
        canvas.putCell(column, canvas.rows - 1 - row, glyph, tone);
  }
}

function band(
  { tone, isStrong, x, low, high }: Extract<Mark, { mark: 'band' }>,
  { lx, ly }: Places,
  canvas: Canvas,
  glyphs: Glyphs,
): void {
  const clip = (place: number) => Math.min(1, Math.max(0, place));
  const points = x
    .map((value, k) => ({ at: lx(value), low: ly(low[k] as number), high: ly(high[k] as number) }))
    .filter((each) => !Number.isNaN(each.at + each.low + each.high));
  for (const [k, to] of points.entries()) {
    const from = points[k - 1] ?? to;
    const [first, last] = [canvas.cellAt(from.at, 0)[0], canvas.cellAt(to.at, 0)[0]];
    for (let column = first; column <= last; column++) {
      const part = last > first ? (column - first) / (last - first) : 1;
      const between = (a: number, b: number) => a + part * (b - a);
      const [, top] = canvas.cellAt(0, clip(between(from.high, to.high)));
      const [, bottom] = canvas.cellAt(0, clip(between(from.low, to.low)));
      for (let row = top; row <= bottom; row++)
        canvas.putCell(column, row, isStrong ? glyphs.strong : glyphs.light, tone);
    }
  }
}
