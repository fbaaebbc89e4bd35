import { crc32 } from 'node:zlib';

/** Rows whose bytes have one checksum. */
const BLOCK = 1000;

/** Bytes of a file and their checksum. `rows`: how many rows end in or before them. */
export type Block = {
  readonly from: number;
  readonly to: number;
  readonly sum: number;
  readonly rows: number;
};

/** Where the rows of a table begin and end, and checksums of what they say. */
export class RowIndex {
  readonly #headerSum: number;
  /** Where the header ends, then where each row ends. */
  readonly #ends: number[];
  /** For each row, the checksum of its block up to its end. */
  readonly #sums: number[];

  private constructor(headerSum: number, ends: number[], sums: number[]) {
    this.#headerSum = headerSum;
    this.#ends = ends;
    this.#sums = sums;
  }

  /** A table without rows. */
  static of(header: string): RowIndex {
    const bytes = Buffer.from(header);
    return new RowIndex(crc32(bytes), [bytes.length], []);
  }

  /** The inverse of `pack`. */
  static unpack(header: string, packed: Float64Array): RowIndex {
    const rows = packed.length / 2;
    const { end } = RowIndex.of(header);
    return new RowIndex(
      crc32(Buffer.from(header)),
      [end, ...packed.subarray(0, rows)],
      [...packed.subarray(rows)],
    );
  }

  pack(): Float64Array {
    return Float64Array.from([...this.#ends.slice(1), ...this.#sums]);
  }

  get rows(): number {
    return this.#sums.length;
  }

  /** Where the table ends. */
  get end(): number {
    return this.#ends.at(-1) as number;
  }

  /** The same table up to a row, that row left out. */
  before(row: number): RowIndex {
    return new RowIndex(this.#headerSum, this.#ends.slice(0, row + 1), this.#sums.slice(0, row));
  }

  /** Adds a row at the end. */
  add(record: string): void {
    const bytes = Buffer.from(record);
    const isFirst = this.rows % BLOCK === 0;
    this.#ends.push(this.end + bytes.length);
    this.#sums.push(crc32(bytes, isFirst ? 0 : this.#sums.at(-1)));
  }

  /** The header, then the rows in blocks. */
  *blocks(): Generator<Block> {
    let from = this.#ends[0] as number;
    yield { from: 0, to: from, sum: this.#headerSum, rows: 0 };
    for (let row = 0; row < this.rows; row += BLOCK) {
      const rows = Math.min(this.rows, row + BLOCK);
      const to = this.#ends[rows] as number;
      yield { from, to, sum: this.#sums[rows - 1] as number, rows };
      from = to;
    }
  }
}
