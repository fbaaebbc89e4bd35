import stringWidth from 'string-width';
import { cutText, plainText } from '../text.js';
import type { Glyphs } from './glyphs.js';

/** How a figure is drawn on a terminal. */
export type TerminalStyle = {
  readonly columns: number;
  readonly rows: number;
  /** Braille and box characters; else ASCII. */
  readonly isUnicode: boolean;
  /** ANSI colors. */
  readonly hasColor: boolean;
};

/** Returns a text of others on one line, cut to a width. ASCII glyphs: other characters become `?`. */
export function fitText(text: string, width: number, glyphs: Glyphs): string {
  const plain = plainText(text);
  const known = glyphs.braille === null ? plain.replace(/[^\x20-\x7e]/gu, '?') : plain;
  return cutText(known, width, { widthOf: stringWidth, ellipsis: glyphs.ellipsis });
}

export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - stringWidth(text)));
}

export function padStart(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - stringWidth(text))) + text;
}

/** Returns labels on one line, each centered at its column; one that would touch the label before it is left out. */
export function placeLabels(
  labels: readonly { readonly at: number; readonly label: string }[],
  width: number,
): string {
  let line = '';
  for (const { at, label } of labels) {
    const size = stringWidth(label);
    const start = Math.max(0, Math.min(width - size, Math.round(at - size / 2)));
    const used = stringWidth(line);
    if (size === 0 || size > width || (used > 0 && start < used + 1)) continue;
    line = padEnd(line, start) + label;
  }
  return padEnd(line, width);
}
