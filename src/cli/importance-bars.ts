import { glyphsOf } from '../plots/terminal/glyphs.js';
import type { TerminalStyle } from '../plots/terminal/terminal.js';

/** Columns of the table beside the bars, about. */
const OTHERS = 50;
const WIDEST = 40;

/** Returns a bar for each importance: up to the low end of its interval, lighter to its value, faint to the high end. */
export function barsOf(
  parameters: readonly { readonly importance: number; readonly low: number; readonly high: number }[],
  { columns, isUnicode }: TerminalStyle,
): string[] {
  const width = Math.max(0, Math.min(WIDEST, columns - OTHERS));
  const { bar } = glyphsOf(isUnicode);
  return parameters.map(({ importance, low, high }) => {
    const ends = [low, importance, high].map((share) => Math.round(share * width));
    return bar.map((glyph, k) => glyph.repeat((ends[k] as number) - (ends[k - 1] ?? 0))).join('');
  });
}
