import type { Tone } from '../figure.js';
import { toneColor } from '../palette.js';
import type { Glyphs } from './glyphs.js';

/** Bits of the dots of a Braille character, by row and column. */
const BITS = [
  [0x01, 0x08],
  [0x02, 0x10],
  [0x04, 0x20],
  [0x40, 0x80],
] as const;

/** Cells of a terminal. Each holds one character, or up to 8 Braille dots, in the color of what was drawn last. */
export class Canvas {
  readonly columns: number;
  readonly rows: number;
  /** How many points fit. */
  readonly pointColumns: number;
  readonly pointRows: number;
  readonly #glyphs: Glyphs;
  readonly #bits: Uint8Array;
  readonly #characters: (string | null)[];
  readonly #tones: (Tone | null)[];

  constructor(columns: number, rows: number, glyphs: Glyphs) {
    this.columns = columns;
    this.rows = rows;
    this.#glyphs = glyphs;
    const isFine = glyphs.braille !== null;
    this.pointColumns = columns * (isFine ? 2 : 1);
    this.pointRows = rows * (isFine ? 4 : 1);
    this.#bits = new Uint8Array(columns * rows);
    this.#characters = Array<string | null>(columns * rows).fill(null);
    this.#tones = Array<Tone | null>(columns * rows).fill(null);
  }

  /** Sets the point at a place of the canvas, 0 to 1 from the left and from the bottom; outside, nothing. */
  point(x: number, y: number, tone: Tone): void {
    this.#setPoint(Math.round(x * (this.pointColumns - 1)), Math.round((1 - y) * (this.pointRows - 1)), tone);
  }

  /** Sets the points of a straight line. Its ends may lie outside. */
  line(from: readonly [number, number], to: readonly [number, number], tone: Tone): void {
    const [x0, y0] = [from[0] * (this.pointColumns - 1), (1 - from[1]) * (this.pointRows - 1)];
    const [x1, y1] = [to[0] * (this.pointColumns - 1), (1 - to[1]) * (this.pointRows - 1)];
    const steps = Math.ceil(Math.max(Math.abs(x1 - x0), Math.abs(y1 - y0), 1));
    for (let k = 0; k <= steps; k++) {
      const part = k / steps;
      this.#setPoint(Math.round(x0 + part * (x1 - x0)), Math.round(y0 + part * (y1 - y0)), tone);
    }
  }

  /** Puts a character into the cell at a place. */
  put(x: number, y: number, character: string, tone: Tone): void {
    const [column, row] = this.cellAt(x, y);
    this.putCell(column, row, character, tone);
  }

  /** Column and row of the cell at a place. */
  cellAt(x: number, y: number): [number, number] {
    return [Math.round(x * (this.columns - 1)), Math.round((1 - y) * (this.rows - 1))];
  }

  putCell(column: number, row: number, character: string, tone: Tone): void {
    if (!(column >= 0 && column < this.columns && row >= 0 && row < this.rows)) return;
    const cell = row * this.columns + column;
    this.#characters[cell] = character;
    this.#bits[cell] = 0;
    this.#tones[cell] = tone;
  }

  /** The rows as text, each exactly `columns` wide, with ANSI colors if wanted. */
  text(hasColor: boolean): string[] {
    return Array.from({ length: this.rows }, (_, row) => {
      let text = '';
      let color: number | null = null;
      for (let cell = row * this.columns; cell < (row + 1) * this.columns; cell++) {
        const tone = this.#tones[cell] ?? null;
        const next = hasColor && tone !== null ? toneColor(tone).ansi : null;
        if (next !== color) text += next === null ? '\u001b[0m' : `\u001b[${next}m`;
        color = next;
        text += this.#characterOf(cell);
      }
      return color === null ? text : `${text}\u001b[0m`;
    });
  }

  #setPoint(column: number, row: number, tone: Tone): void {
    if (!(column >= 0 && column < this.pointColumns && row >= 0 && row < this.pointRows)) return;
    const isFine = this.#glyphs.braille !== null;
    const cell = (isFine ? row >> 2 : row) * this.columns + (isFine ? column >> 1 : column);
    this.#tones[cell] = tone;
    this.#characters[cell] = isFine ? null : this.#glyphs.dot;
    this.#bits[cell] =
      (this.#bits[cell] as number) | ((BITS[row & 3] as readonly number[])[column & 1] as number);
  }

  #characterOf(cell: number): string {
    const character = this.#characters[cell];
    if (character !== null && character !== undefined) return character;
    const bits = this.#bits[cell] as number;
    return bits === 0 || this.#glyphs.braille === null
      ? ' '
      : String.fromCharCode(this.#glyphs.braille + bits);
  }
}
