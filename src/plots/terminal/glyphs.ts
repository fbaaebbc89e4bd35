import type { LegendEntry, Tone } from '../figure.js';

/** Characters of a terminal: Unicode, or ASCII where the locale has no more. */
export type Glyphs = {
  /** Null: a cell has one point, no smaller dots. */
  readonly braille: number | null;
  readonly dot: string;
  readonly largeDot: string;
  readonly cross: string;
  readonly across: string;
  readonly down: string;
  readonly light: string;
  readonly strong: string;
  readonly interval: string;
  readonly corner: string;
  readonly tick: string;
  readonly axisAcross: string;
  readonly axisDown: string;
  readonly ellipsis: string;
  /** Parts of a bar: up to the low end of its interval, up to its value, up to the high end. */
  readonly bar: readonly [string, string, string];
  /** Filled cells from the best value to the worst. */
  readonly shades: readonly [string, string, string, string];
};

const UNICODE: Glyphs = {
  braille: 0x2800,
  dot: '⠂',
  largeDot: '●',
  cross: '×',
  across: '━',
  down: '┃',
  light: '░',
  strong: '▒',
  interval: '│',
  corner: '└',
  tick: '┴',
  axisAcross: '─',
  axisDown: '│',
  ellipsis: '…',
  bar: ['█', '▓', '░'],
  shades: ['█', '▓', '▒', '░'],
};

const ASCII: Glyphs = {
  braille: null,
  dot: 'o',
  largeDot: '*',
  cross: 'x',
  across: '=',
  down: '!',
  light: '.',
  strong: ':',
  interval: "'",
  corner: '+',
  tick: '+',
  axisAcross: '-',
  axisDown: '|',
  ellipsis: '~',
  bar: ['#', '=', '-'],
  shades: ['#', '=', '-', '.'],
};

export function glyphsOf(isUnicode: boolean): Glyphs {
  return isUnicode ? UNICODE : ASCII;
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Returns the letter that marks the end of a line among several: A for `series-0`; null for other tones, and after z. */
export function letterOf(tone: Tone): string | null {
  return tone.startsWith('series-') ? (LETTERS[Number(tone.slice(7))] ?? null) : null;
}

/** Returns the character that fills a box, so that states and values differ without color, too. */
export function boxGlyph(tone: Tone, glyphs: Glyphs): string {
  if (tone.startsWith('shade-')) return glyphs.shades[Math.floor(Number(tone.slice(6)) / 2)] ?? ' ';
  switch (tone) {
    case 'fail':
      return glyphs.cross;
    case 'pruned':
      return glyphs.shades[2];
    case 'infeasible':
      return glyphs.shades[1];
    case 'muted':
      return glyphs.shades[3];
    default:
      return glyphs.shades[0];
  }
}

/** Returns the character that stands for an entry of a legend. */
export function legendGlyph({ tone, symbol }: LegendEntry, glyphs: Glyphs): string {
  switch (symbol) {
    case 'dot':
      return tone === 'best' ? glyphs.largeDot : glyphs.dot;
    case 'cross':
      return glyphs.cross;
    case 'line':
      return letterOf(tone) ?? (tone === 'best' ? glyphs.across : glyphs.braille === null ? '.' : '⠒');
    case 'band':
      return tone === 'muted' ? glyphs.strong : glyphs.bar[0];
    case 'box':
      return boxGlyph(tone, glyphs);
    case 'interval':
      return glyphs.interval;
  }
}
