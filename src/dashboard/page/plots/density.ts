import { MISSING } from '../store/fields.js';
import { type Box, pixelX, pixelY } from './box.js';

/** Width and height of a cell of a density, in CSS pixels. */
export const CELL = 2;
/** The last place on an axis. */
const LARGEST = 65_534;

/** A cell counts its trials in the lower bits. Above is the lowest kind that is here, which gives the color: FIRST_KIND less it. */
const COUNT_BITS = 24;
const COUNT = 2 ** COUNT_BITS - 1;
const FIRST_KIND = 127;

/** Returns how many trials a cell of a tally has. */
export const countIn = (cell: number) => cell & COUNT;
/** Returns the lowest kind of its trials. */
export const kindIn = (cell: number) => FIRST_KIND - (cell >>> COUNT_BITS);

type CellInput = {
  readonly box: Box;
  readonly xs: Uint16Array;
  readonly ys: Uint16Array;
  readonly columns: number;
};
type TallyInput = CellInput & {
  readonly rows: number;
  readonly trials: Int32Array;
  readonly kinds: Uint8Array | null;
};

/** How many trials lie in each cell of a density; worked out again only for other trials, data or sizes. */
export class CellIndex {
  #placed: CellInput | null = null;
  #cells: Int32Array = new Int32Array(0);
  #tallied: TallyInput | null = null;
  #tally: Uint32Array = new Uint32Array(0);

  /** The last one is for trials that have no place in the plot. */
  tally(input: TallyInput): Uint32Array {
    const { columns, rows, trials, kinds } = input;
    const before = this.#tallied;
    if (!this.#placed || !isSame(this.#placed, input)) this.#cells = placeInCells(input);
    else if (before?.rows === rows && before.trials === trials && before.kinds === kinds) return this.#tally;
    this.#placed = input;
    this.#tallied = input;
    const length = columns * rows + 1;
    if (this.#tally.length === length) this.#tally.fill(0);
    else this.#tally = new Uint32Array(length);
    count(this.#tally, this.#cells, input);
    return this.#tally;
  }
}

function count(tally: Uint32Array, cells: Int32Array, { trials, kinds }: TallyInput): void {
  const none = tally.length - 1;
  for (let k = 0; k < trials.length; k++) {
    const trial = trials[k] as number;
    const place = cells[trial] as number;
    const at = place < 0 || place > none ? none : place;
    const rank = kinds ? FIRST_KIND - (kinds[trial] as number) : FIRST_KIND;
    const cell = (tally[at] as number) + 1;
    tally[at] = cell >>> COUNT_BITS >= rank ? cell : (cell & COUNT) | (rank << COUNT_BITS);
  }
}

function isSame(before: CellInput, now: CellInput): boolean {
  const names = ['left', 'top', 'width', 'height', 'noneX', 'noneY'] as const;
  const isSameBox = names.every((name) => before.box[name] === now.box[name]);
  return isSameBox && before.xs === now.xs && before.ys === now.ys && before.columns === now.columns;
}

function placeInCells({ box, xs, ys, columns }: CellInput): Int32Array {
  const cells = new Int32Array(xs.length);
  const rows = Math.ceil((box.top + box.height + 60) / CELL);
  const [left, bottom] = [box.left / CELL, (box.top + box.height) / CELL];
  const [wide, high] = [box.width / LARGEST / CELL, box.height / LARGEST / CELL];
  for (let k = 0; k < xs.length; k++) {
    const [px, py] = [xs[k] as number, ys[k] as number];
    // Nearly all trials have both places, and lie in the box.
    if (px !== MISSING && py !== MISSING) {
      const column = (left + px * wide) | 0;
      cells[k] = column >= columns ? -1 : ((bottom - py * high) | 0) * columns + column;
      continue;
    }
    const isOutside = (px === MISSING && box.noneX === null) || (py === MISSING && box.noneY === null);
    const [column, row] = [(pixelX(box, px, k) / CELL) | 0, (pixelY(box, py, k) / CELL) | 0];
    cells[k] = isOutside || column >= columns || row >= rows ? -1 : row * columns + column;
  }
  return cells;
}
