import { printableLine } from '../../core/printable.js';
import { fitColumns, GAP } from './layout.js';
import { PLAIN_STYLE, type Style, type Tone } from './style.js';
import { cutText, padText, textWidth } from './width.js';

export type Column = {
  readonly title: string;
  /** Where the table is too wide, the columns with the lowest one leave first. */
  readonly priority: number;
  /** A text may be cut to this width; null: the column is shown whole or not at all. */
  readonly leastWidth: number | null;
  /** Shown even when it is empty. */
  readonly isKept: boolean;
};

export type Cell = string | { readonly text: string; readonly tone: Tone };

/** Where a table is printed. `width` null: lines may have any length, as in a pipe. */
export type Surface = { readonly width: number | null; readonly style: Style };

export const PIPE: Surface = { width: null, style: PLAIN_STYLE };

/** Longer texts are cut even where lines may have any length: every row is as wide as the widest one. */
const MOST_WIDTH = 200;

/** A number as tables write it. */
const NUMBER = /^-?(?:\d+(?:\.\d+)?(?:e-?\d+)?|inf)$|^nan$/;

/** What was seen of a column so far. Numbers stand with their points below each other. */
class Seen {
  isEmpty = true;
  isNumeric = true;
  /** Columns before the point, and from it on. */
  before = 0;
  after = 0;
  text = 0;

  add(cell: string): void {
    if (cell === '') return;
    this.isEmpty = false;
    // The width of a long text takes long to measure.
    this.text = Math.max(this.text, cell.length > 4 * MOST_WIDTH ? MOST_WIDTH : textWidth(cell));
    if (!this.isNumeric) return;
    this.isNumeric = NUMBER.test(cell);
    const point = pointIn(cell);
    this.before = Math.max(this.before, point);
    this.after = Math.max(this.after, cell.length - point);
  }

  width(title: string): number {
    return Math.min(
      MOST_WIDTH,
      Math.max(textWidth(title), this.isNumeric ? this.before + this.after : this.text),
    );
  }
}

/**
 * A table that is printed a page at a time, one line for each row, never wider than its surface. Empty columns are left out.
 * Columns get wider where a later page needs it; when other columns are shown than before, the header comes again.
 */
export class Table {
  readonly #columns: readonly Column[];
  readonly #titles: readonly string[];
  readonly #surface: Surface;
  readonly #seen: readonly Seen[];
  #shown = '';
  #left: readonly string[] = [];

  constructor(columns: readonly Column[], surface: Surface) {
    this.#columns = columns;
    this.#titles = columns.map(({ title }) => printableLine(title));
    this.#surface = surface;
    this.#seen = columns.map(() => new Seen());
  }

  /** The titles of the columns that the last page had no room for. */
  get left(): readonly string[] {
    return this.#left;
  }

  /** Returns the next rows as lines. `isWhole` false: more pages come, so a column that is empty now stays, in a pipe. */
  page(rows: readonly (readonly Cell[])[], isWhole = true): string {
    const cells = rows.map((row) => row.map(toPlain));
    for (const row of cells) for (const [k, { text }] of row.entries()) this.#seen[k]?.add(text);
    const widths = this.#widths(isWhole || this.#surface.width !== null);
    const shown = widths.map((width) => (width === null ? '0' : '1')).join('');
    const hasHeader = shown !== this.#shown;
    this.#shown = shown;
    const header = this.#titles.map((text): PlainCell => ({ text, tone: 'title' }));
    return [...(hasHeader ? [header] : []), ...cells].map((row) => this.#line(row, widths)).join('\n');
  }

  #widths(leavesEmpty: boolean): (number | null)[] {
    const isThere = this.#columns.map(({ isKept }, k) => isKept || !leavesEmpty || !this.#seen[k]?.isEmpty);
    const there = this.#columns.flatMap((_, k) => (isThere[k] ? [k] : []));
    const fitted = fitColumns(
      there.map((k) => {
        const { priority, leastWidth } = this.#columns[k] as Column;
        const seen = this.#seen[k] as Seen;
        const width = seen.width(this.#titles[k] ?? '');
        // A cut number would be another number.
        return { width, leastWidth: seen.isNumeric && !seen.isEmpty ? null : leastWidth, priority };
      }),
      this.#surface.width,
    );
    this.#left = there.filter((_, at) => fitted[at] === null).map((k) => this.#titles[k] ?? '');
    return this.#columns.map((_, k) => (isThere[k] ? (fitted[there.indexOf(k)] ?? null) : null));
  }

  #line(row: readonly PlainCell[], widths: readonly (number | null)[]): string {
    const parts: string[] = [];
    let blanks = 0;
    for (const [k, width] of widths.entries()) {
      if (width === null) continue;
      const { text, tone } = row[k] ?? EMPTY;
      const padded = this.#pad(cutText(text, width), width, k);
      const start = padded.trimStart();
      const content = start.trimEnd();
      // Nothing is colored beside the text, and no line ends in blanks.
      if (content !== '')
        parts.push(' '.repeat(blanks + padded.length - start.length), this.#surface.style(tone, content));
      blanks = (content === '' ? blanks + padded.length : start.length - content.length) + GAP;
    }
    return parts.join('');
  }

  #pad(text: string, width: number, k: number): string {
    const seen = this.#seen[k];
    if (!seen?.isNumeric || seen.isEmpty) return padText(text, width, 'after');
    if (!NUMBER.test(text)) return padText(text, width, 'before');
    const after = text.length - pointIn(text);
    return padText(text + ' '.repeat(Math.max(0, seen.after - after)), width, 'before');
  }
}

type PlainCell = { readonly text: string; readonly tone: Tone };

const EMPTY: PlainCell = { text: '', tone: 'plain' };

function toPlain(cell: Cell): PlainCell {
  if (typeof cell === 'string') return { text: printableLine(cell), tone: 'plain' };
  return { text: printableLine(cell.text), tone: cell.tone };
}

/** Where the point or the exponent of a number begins. */
function pointIn(number: string): number {
  const at = number.search(/[.e]/);
  return at === -1 ? number.length : at;
}
