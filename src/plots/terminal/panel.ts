import stringWidth from 'string-width';
import type { CartesianPanel, Mark, ParallelPanel } from '../figure.js';
import { numberText } from '../number-text.js';
import { toneColor } from '../palette.js';
import { makeLinePosition, makePosition } from '../scale.js';
import { evenly } from '../thin.js';
import { Canvas } from './canvas.js';
import type { Glyphs } from './glyphs.js';
import { fitText, padEnd, padStart, placeLabels } from './layout.js';
import { drawMarks } from './marks.js';

/** Size of a panel in cells, and how it is drawn. */
export type PanelStyle = {
  readonly columns: number;
  readonly rows: number;
  readonly glyphs: Glyphs;
  readonly hasColor: boolean;
};

/** Lines of a terminal are thick: more of them hide each other. */
const LINES = 40;
/** Narrower bars have no room for their intervals as numbers. */
const NARROW = 44;

/** Returns the lines of a panel with its axes, each `columns` wide. `rows`: of the space between the axes. */
export function drawCartesian(panel: CartesianPanel, style: PanelStyle): string[] {
  const bars = panel.marks.find((mark) => mark.mark === 'bars');
  if (bars?.mark === 'bars') return drawBars(panel, bars, style);
  const { x, y } = panel;
  const { columns, rows, glyphs, hasColor } = style;
  const labels = y.ticks.map(({ label }) => fitText(label, Math.floor(columns / 3), glyphs));
  const left = labels.reduce((most, label) => Math.max(most, stringWidth(label)), 0) + 2;
  const canvas = new Canvas(Math.max(4, columns - left), rows, glyphs);
  drawMarks(panel, canvas, glyphs);
  const atY = makePosition(y);
  const byRow = new Map<number, string>();
  for (const [k, { value }] of y.ticks.entries())
    byRow.set(canvas.cellAt(0, atY(value))[1], labels[k] as string);
  const atX = makePosition(x);
  const ticks = [
    ...(x.absent === null ? [] : [{ place: atX(Number.NaN), label: x.absent }]),
    ...x.ticks.map(({ value, label }) => ({ place: atX(value), label })),
  ].filter(({ place }) => !Number.isNaN(place));
  const columnsOfTicks = new Set(ticks.map(({ place }) => canvas.cellAt(place, 0)[0]));
  const room =
    x.scale === 'category' ? Math.max(3, Math.floor(canvas.columns / Math.max(1, ticks.length)) - 1) : 16;
  const across = Array.from({ length: canvas.columns }, (_, column) =>
    columnsOfTicks.has(column) ? glyphs.tick : glyphs.axisAcross,
  );
  const texts = ticks.map(({ place, label }) => ({
    at: canvas.cellAt(place, 0)[0] + 0.5,
    label: fitText(label, room, glyphs),
  }));
  const indent = ' '.repeat(left);
  return [
    padEnd(fitText(y.label, columns, glyphs), columns),
    ...canvas
      .text(hasColor)
      .map((line, row) => `${padStart(byRow.get(row) ?? '', left - 2)} ${glyphs.axisDown}${line}`),
    `${' '.repeat(left - 1)}${glyphs.corner}${across.join('')}`,
    indent + placeLabels(texts, canvas.columns),
    indent +
      placeLabels(
        [{ at: canvas.columns / 2, label: fitText(x.label, canvas.columns, glyphs) }],
        canvas.columns,
      ),
  ];
}

/** Each bar with its name, its interval as lighter parts, and the numbers. */
function drawBars(
  { x, y }: CartesianPanel,
  { tone, y: places, value, low, high }: Extract<Mark, { mark: 'bars' }>,
  { columns, glyphs, hasColor }: PanelStyle,
): string[] {
  const nameOf = (k: number) =>
    fitText(y.categories[places[k] as number] ?? '', Math.floor(columns / 3), glyphs);
  const names = places.map((_, k) => nameOf(k));
  const wide = names.reduce((most, name) => Math.max(most, stringWidth(name)), 0);
  const two = (number: number) => number.toFixed(2);
  const numbers = places.map((_, k) => {
    const [a, b] = [low[k] as number, high[k] as number];
    const interval = columns < NARROW ? '' : ` (${two(a)} to ${two(b)})`;
    return two(value[k] as number) + interval;
  });
  const room = Math.max(4, columns - wide - 3 - Math.max(...numbers.map(({ length }) => length)));
  const end = makeLinePosition(x);
  const cells = (number: number) => Math.round(Math.min(1, Math.max(0, end(number))) * room);
  const color = (text: string) =>
    hasColor && text !== '' ? `\u001b[${toneColor(tone).ansi}m${text}\u001b[0m` : text;
  return names.map((name, k) => {
    const ends = [cells(low[k] as number), cells(value[k] as number), cells(high[k] as number)] as const;
    const bar = glyphs.bar.map((glyph, part) => glyph.repeat((ends[part] as number) - (ends[part - 1] ?? 0)));
    const drawn = color(bar.join('')) + ' '.repeat(room - ends[2]);
    return padEnd(`${padEnd(name, wide)} ${glyphs.axisDown}${drawn} ${numbers[k]}`, columns);
  });
}

/** Returns the lines of parallel coordinates: names of the axes, their ends, and the lines between them. */
export function drawParallel({ axes, lines }: ParallelPanel, style: PanelStyle): string[] {
  const { columns, rows, glyphs, hasColor } = style;
  const canvas = new Canvas(columns, rows, glyphs);
  const inset = 0.04;
  const left = (k: number) => (axes.length > 1 ? inset + (k / (axes.length - 1)) * (1 - 2 * inset) : 0.5);
  const placeOf = axes.map(makeLinePosition);
  const shown = [
    ...evenly(
      lines.filter(({ isThick }) => !isThick),
      LINES,
    ),
    ...lines.filter(({ isThick }) => isThick),
  ];
  const column = (k: number) => canvas.cellAt(left(k), 0)[0];
  for (const { tone, values } of shown) {
    let before: readonly [number, number] | null = null;
    for (const [k, value] of values.entries()) {
      const here = [left(k), (placeOf[k] as (value: number) => number)(value)] as const;
      if (Number.isNaN(here[1])) continue;
      canvas.line(before ?? here, here, tone);
      before = here;
    }
  }
  for (const k of axes.keys())
    for (let row = 0; row < rows; row++) canvas.putCell(column(k), row, glyphs.axisDown, 'muted');
  for (const { tone, isThick, values } of shown)
    for (const [k, value] of values.entries())
      if (isThick)
        canvas.put(left(k), (placeOf[k] as (value: number) => number)(value), glyphs.largeDot, tone);
  const room = Math.max(3, Math.floor(columns / axes.length) - 1);
  const labels = (textOf: (k: number) => string) =>
    placeLabels(
      axes.map((_, k) => ({ at: column(k) + 0.5, label: fitText(textOf(k), room, glyphs) })),
      columns,
    );
  const endText = (k: number, isHigh: boolean) => {
    const { scale, categories, domain } = axes[k] as ParallelPanel['axes'][number];
    if (scale === 'category') return (isHigh ? categories.at(-1) : categories[0]) ?? '';
    return numberText(domain[isHigh ? 1 : 0], 3);
  };
  const hasAbsent = axes.some(({ absent }) => absent !== null);
  return [
    labels((k) => axes[k]?.label ?? ''),
    labels((k) => endText(k, true)),
    ...canvas.text(hasColor),
    // Where there is a place for missing values, it is at the lower end.
    labels((k) => axes[k]?.absent ?? endText(k, false)),
    ...(hasAbsent
      ? [labels((k) => ((axes[k]?.absent ?? null) === null ? '' : `from ${endText(k, false)}`))]
      : []),
  ];
}
