type Numbers = Float64Array | Float32Array | Int32Array | Uint8Array;

const FIRST_CAPACITY = 64;

/** A typed array that grows as values are set, one value for each row. Rows nobody set hold `empty`. */
export class Column<A extends Numbers> {
  readonly #make: (length: number) => A;
  readonly #empty: number;
  #values: A;
  #length = 0;

  constructor(make: (length: number) => A, empty: number) {
    this.#make = make;
    this.#empty = empty;
    this.#values = this.#allocate(FIRST_CAPACITY);
  }

  get length(): number {
    return this.#length;
  }

  /** The value of a row; the empty value beyond the end. */
  get(row: number): number {
    return row < this.#length ? (this.#values[row] as number) : this.#empty;
  }

  /** Returns whether the row had another value before. */
  set(row: number, value: number): boolean {
    this.resize(row + 1);
    const before = this.#values[row] as number;
    this.#values[row] = value;
    return !Object.is(before, this.#values[row]);
  }

  /** Makes the column at least this long. */
  resize(length: number): void {
    if (length <= this.#length) return;
    if (length > this.#values.length) {
      const larger = this.#allocate(Math.max(length, 2 * this.#values.length));
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#length = length;
  }

  /** Adds rows at the end. */
  append(values: ArrayLike<number>): void {
    const at = this.#length;
    this.resize(at + values.length);
    this.#values.set(values, at);
  }

  /** Takes an array as its values, without a copy. */
  adopt(values: A): void {
    this.#values = values;
    this.#length = values.length;
  }

  /** All values without a copy. It stays true until the next `set` or `resize`. */
  values(): A {
    return this.#values.subarray(0, this.#length) as A;
  }

  /** Writes the values of the first rows over an array; the empty value beyond the end. */
  copyTo(array: Float64Array | Float32Array | Int32Array | Uint8Array): void {
    const shared = Math.min(array.length, this.#length);
    array.set(this.#values.subarray(0, shared));
    array.fill(this.#empty, shared);
  }

  #allocate(length: number): A {
    return this.#make(length).fill(this.#empty) as A;
  }
}

/** Numbers; NaN where a row has none. */
export const floatColumn = () => new Column<Float64Array>((length) => new Float64Array(length), Number.NaN);
/** Numbers of which seven digits are enough; NaN where a row has none. */
export const singleColumn = () => new Column<Float32Array>((length) => new Float32Array(length), Number.NaN);
/** Whole numbers; `empty` where a row has none. */
export const intColumn = (empty = 0) => new Column<Int32Array>((length) => new Int32Array(length), empty);
/** Small codes; 0 where a row has none. */
export const byteColumn = () => new Column<Uint8Array>((length) => new Uint8Array(length), 0);
