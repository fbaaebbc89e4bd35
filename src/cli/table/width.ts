import stringWidth from 'string-width';

/** Printable ASCII: one column for each character. */
const PLAIN = /^[ -~]*$/;

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** How many columns a text takes on a terminal. */
export function textWidth(text: string): number {
  return PLAIN.test(text) ? text.length : stringWidth(text);
}

/** The text in at most so many columns, with a mark where something was cut. */
export function cutText(text: string, width: number): string {
  // No text of this length fits: so a long one costs only its beginning.
  const short = text.length > 20 * (width + 1) ? text.slice(0, 20 * (width + 1)) : text;
  if (short === text && textWidth(text) <= width) return text;
  if (width <= 1) return width === 1 ? '…' : '';
  let cut = '';
  let used = 0;
  for (const { segment } of graphemes.segment(short)) {
    const more = textWidth(segment);
    if (used + more > width - 1) break;
    cut += segment;
    used += more;
  }
  return `${cut}…`;
}

/** The text with blanks up to this width, before it or after it. */
export function padText(text: string, width: number, side: 'before' | 'after'): string {
  const blanks = ' '.repeat(Math.max(0, width - textWidth(text)));
  return side === 'before' ? blanks + text : text + blanks;
}
