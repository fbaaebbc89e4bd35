import stringWidth from 'string-width';

/** What a text may consist of on a terminal. */
export type Glyphs = {
  readonly isUnicode: boolean;
  readonly full: string;
  readonly empty: string;
  readonly cut: string;
};

const UNICODE: Glyphs = { isUnicode: true, full: '█', empty: '░', cut: '…' };
const ASCII: Glyphs = { isUnicode: false, full: '#', empty: '-', cut: '...' };

/** Returns the characters for the locale of an environment, as POSIX reads it. */
export function glyphsOf(env: Readonly<Record<string, string | undefined>>): Glyphs {
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || '';
  return /utf-?8/i.test(locale) ? UNICODE : ASCII;
}

/** Returns a text that takes at most `width` columns, with a mark where it was cut. */
export function cutTo(text: string, width: number, { isUnicode, cut }: Glyphs): string {
  const plain = isUnicode ? text : text.replaceAll('…', '...').replaceAll(/[^\u0000-\u007f]/gu, '?');
  if (stringWidth(plain) <= width) return plain;
  let kept = '';
  let columns = 0;
  for (const { segment } of new Intl.Segmenter().segment(plain)) {
    columns += stringWidth(segment);
    if (columns > width - cut.length) break;
    kept += segment;
  }
  return `${kept}${cut}`.slice(0, Math.max(width, 0));
}

/** Returns a text with long decimal numbers rounded to four significant digits. */
export function shortNumbers(text: string): string {
  return text.replaceAll(/-?\b\d+\.\d{4,}(?:e[+-]?\d+)?\b/g, (number) =>
    String(Number(Number(number).toPrecision(4))),
  );
}

/** Returns how many rows of a terminal a line takes. */
export function rowsOf(line: string, columns: number): number {
  return Math.max(1, Math.ceil(stringWidth(line) / Math.max(1, columns)));
}
