import stringWidth from 'string-width';
import type { Figure, LegendEntry, Panel } from '../figure.js';
import { toneColor } from '../palette.js';
import { plainText, wrapWords } from '../text.js';
import { type Glyphs, glyphsOf, legendGlyph } from './glyphs.js';
import { fitText, type TerminalStyle } from './layout.js';
import { drawCartesian, drawParallel, type PanelStyle } from './panel.js';

export type { TerminalStyle } from './layout.js';

/** Panels that are narrower have no room for their labels. */
const NARROWEST = 38;
const TALLEST = 30;

/** Returns a figure as lines of text for a terminal of a size. No text in it controls the terminal but for its colors. */
export function renderTerminal(figure: Figure, style: TerminalStyle): string {
  const glyphs = glyphsOf(style.isUnicode);
  const columns = Math.max(20, style.columns);
  const notes = figure.notes.flatMap((note) => wrapWords(plainText(note), columns, stringWidth));
  const legend = legendLines(figure.legend, columns, { glyphs, hasColor: style.hasColor });
  const room = style.rows - notes.length - legend.length - 8;
  const lines = [
    fitText(figure.title, columns, glyphs),
    ...legend,
    ...panelLines(figure.panels, { columns, rows: room, glyphs, hasColor: style.hasColor }),
    ...notes.map((note) => fitText(note, columns, glyphs)),
  ];
  return lines.map((line) => line.trimEnd()).join('\n');
}

function panelLines(panels: readonly Panel[], style: PanelStyle): string[] {
  const beside = Math.max(1, Math.min(panels.length, Math.floor(style.columns / NARROWEST), 4));
  const columns = Math.floor((style.columns - 2 * (beside - 1)) / beside);
  const rows = panels.length > beside ? 9 : Math.max(6, Math.min(TALLEST, style.rows));
  const drawn = panels.map((panel) =>
    panel.type === 'parallel'
      ? drawParallel(panel, { ...style, columns, rows })
      : drawCartesian(panel, { ...style, columns, rows }),
  );
  const lines: string[] = [];
  for (let first = 0; first < drawn.length; first += beside) {
    const row = drawn.slice(first, first + beside);
    if (first > 0) lines.push('');
    for (const k of (row[0] as string[]).keys()) lines.push(row.map((panel) => panel[k] ?? '').join('  '));
  }
  return lines;
}

type LegendStyle = { readonly glyphs: Glyphs; readonly hasColor: boolean };

function legendLines(
  entries: readonly LegendEntry[],
  columns: number,
  { glyphs, hasColor }: LegendStyle,
): string[] {
  const lines: string[] = [];
  let used = columns;
  for (const entry of entries) {
    const glyph = legendGlyph(entry, glyphs);
    const label = fitText(entry.label, columns - 4, glyphs);
    const width = stringWidth(label) + 2;
    const colored = hasColor ? `\u001b[${toneColor(entry.tone).ansi}m${glyph}\u001b[0m` : glyph;
    if (used + 3 + width > columns) {
      lines.push(`${colored} ${label}`);
      used = width;
    } else {
      lines[lines.length - 1] += `   ${colored} ${label}`;
      used += 3 + width;
    }
  }
  return lines;
}
