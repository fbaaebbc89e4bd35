import { type Scale, ticksOf } from '../store/scale.js';
import type { Box } from './box.js';
import type { Pen, Size } from './stage.js';
import type { Colors } from './theme.js';

export const FONT = '11px system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif';
const STRIP = 18;

export type BoxOptions = {
  readonly noneX: boolean;
  readonly noneY: boolean;
  /** Width of the labels of the y axis. */
  readonly labels: number;
};

export function boxOf({ width, height }: Size, { noneX, noneY, labels }: BoxOptions): Box {
  const left = labels + 10 + (noneX ? STRIP : 0);
  const bottom = 34 + (noneY ? STRIP : 0);
  const top = 24;
  const inner = Math.max(10, height - top - bottom);
  return {
    left,
    top,
    width: Math.max(10, width - left - 12),
    height: inner,
    noneX: noneX ? labels + 10 + STRIP / 2 - 3 : null,
    noneY: noneY ? top + inner + STRIP / 2 + 2 : null,
  };
}

export function labelWidth(pen: Pen, scale: Scale, height: number): number {
  pen.font = FONT;
  const widths = ticksOf(scale, yTickLimit(height)).map(({ label }) => pen.measureText(label).width);
  return Math.min(96, Math.max(24, ...widths));
}

const yTickLimit = (height: number) => Math.max(2, Math.floor((height - 60) / 36));

export type AxesOptions = {
  readonly x: Scale;
  readonly y: Scale;
  readonly xTitle: string;
  readonly yTitle: string;
  readonly colors: Colors;
  /** False: areas lie where lines of a grid would. */
  readonly hasGrid: boolean;
};

/** Draws grid lines, ticks, titles and the names of the strips. */
export function drawAxes(pen: Pen, box: Box, { x, y, xTitle, yTitle, colors, hasGrid }: AxesOptions): void {
  const bottom = box.top + box.height;
  pen.font = FONT;
  pen.lineWidth = 1;
  pen.textBaseline = 'middle';
  pen.textAlign = 'right';
  const labels = box.left - 8 - (box.noneX === null ? 0 : STRIP);
  for (const { at, label } of ticksOf(y, Math.max(2, Math.floor(box.height / 36)))) {
    const py = Math.round(bottom - at * box.height) + 0.5;
    line(pen, colors.grid, [box.left, py], [box.left + (hasGrid ? box.width : -4), py]);
    pen.fillStyle = colors.muted;
    pen.fillText(shorten(pen, label, 96), labels, py);
  }
  drawXTicks(pen, box, x, { colors, hasGrid });
  pen.textBaseline = 'alphabetic';
  pen.fillStyle = colors.text;
  pen.textAlign = 'left';
  pen.fillText(shorten(pen, yTitle, box.left + box.width - 4), 4, 13);
  pen.textAlign = 'right';
  pen.fillText(shorten(pen, xTitle, box.width), box.left + box.width, bottom + lower(box) + 28);
  line(pen, colors.axis, [box.left, bottom + 0.5], [box.left + box.width, bottom + 0.5]);
  drawStrips(pen, box, colors);
}

const lower = (box: Box) => (box.noneY === null ? 0 : STRIP);

function drawXTicks(
  pen: Pen,
  box: Box,
  x: Scale,
  { colors, hasGrid }: Pick<AxesOptions, 'colors' | 'hasGrid'>,
): void {
  const bottom = box.top + box.height;
  pen.textAlign = 'center';
  const room = x.choices ? 44 : 62;
  let lastEnd = -1e9;
  for (const { at, label } of ticksOf(x, Math.max(2, Math.floor(box.width / room)))) {
    const px = Math.round(box.left + at * box.width) + 0.5;
    const text = shorten(pen, label, x.choices ? box.width / Math.max(1, x.choices.length) - 4 : 80);
    const half = pen.measureText(text).width / 2;
    const center = Math.min(px, box.left + box.width + 10 - half);
    line(pen, colors.grid, [px, hasGrid ? box.top : bottom + 4], [px, bottom]);
    if (center - half < lastEnd + 6) continue;
    lastEnd = center + half;
    pen.fillStyle = colors.muted;
    pen.fillText(text, center, bottom + lower(box) + 11);
  }
}

function drawStrips(pen: Pen, box: Box, colors: Colors): void {
  const bottom = box.top + box.height;
  pen.fillStyle = colors.muted;
  pen.textAlign = 'left';
  pen.textBaseline = 'middle';
  if (box.noneY !== null) {
    line(pen, colors.grid, [box.left, box.noneY + 8.5], [box.left + box.width, box.noneY + 8.5]);
    pen.textAlign = 'right';
    pen.fillText('none', box.left - 6 - (box.noneX === null ? 0 : STRIP), box.noneY);
  }
  if (box.noneX !== null) {
    line(pen, colors.grid, [box.left - 3.5, box.top], [box.left - 3.5, bottom]);
    pen.textAlign = 'center';
    pen.fillText('none', box.noneX, bottom + lower(box) + 11);
  }
}

function line(
  pen: Pen,
  color: string,
  [x1, y1]: readonly [number, number],
  [x2, y2]: readonly [number, number],
): void {
  pen.strokeStyle = color;
  pen.beginPath();
  pen.moveTo(x1, y1);
  pen.lineTo(x2, y2);
  pen.stroke();
}

/** Returns the text, or its beginning with an ellipsis where it is too wide. */
export function shorten(pen: Pen, text: string, width: number): string {
  if (pen.measureText(text).width <= width) return text;
  let end = text.length;
  while (end > 1 && pen.measureText(`${text.slice(0, end)}\u2026`).width > width) end--;
  return `${text.slice(0, end)}\u2026`;
}

/** Draws a text in the middle of a plot that has nothing to show. */
export function drawEmpty(pen: Pen, { width, height }: Size, text: string, colors: Colors): void {
  pen.font = `12px ${FONT.slice(5)}`;
  pen.fillStyle = colors.muted;
  pen.textAlign = 'center';
  pen.textBaseline = 'middle';
  const words = text.split(' ');
  const lines: string[] = [];
  for (const word of words) {
    const longer = lines.length === 0 ? word : `${lines.at(-1)} ${word}`;
    if (lines.length > 0 && pen.measureText(longer).width <= width - 40) lines[lines.length - 1] = longer;
    else if (lines.length === 0) lines.push(word);
    else lines.push(word);
  }
  for (const [k, each] of lines.entries())
    pen.fillText(each, width / 2, height / 2 + (k - (lines.length - 1) / 2) * 18);
}
