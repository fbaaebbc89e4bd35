import { line, parabola } from './trend.js';

export type Rows = {
  /** n rows of the encoding, concatenated. */
  readonly rows: Float64Array;
  readonly n: number;
  readonly columns: number;
  readonly numbers: number;
};

/** For each column what each pair of rows (i, j < i), in this order, or each row adds to a covariance, before the column's weight. */
export type Parts = { readonly count: number; readonly byColumn: readonly Float64Array[] };

/**
 * The arrays of a fit. They are kept for the next one, since most of its rows are those of the fit before: the parts of their pairs
 * stay, and nothing is allocated. An array may be longer than what is used of it.
 */
export class Room {
  #capacity = 0;
  #columns = 0;
  #numbers = 0;
  /** The rows whose parts are known. */
  #rows = new Float64Array(0);
  #n = 0;
  #distances: readonly Float64Array[] = [];
  #trends: readonly Float64Array[] = [];
  #own: readonly Float64Array[] = [];
  #lines: readonly Float64Array[] = [];
  #parabolas: readonly Float64Array[] = [];
  /** A number for each pair. */
  unit = new Float64Array(0);
  slopes = new Float64Array(0);
  trendPairs = new Float64Array(0);
  pulls = new Float64Array(0);
  /** A square matrix each. */
  k = new Float64Array(0);
  work = new Float64Array(0);
  inverse = new Float64Array(0);

  /** Number of numbers in the arrays. */
  get size(): number {
    return sizeOf(this.#capacity, this.#columns, this.#numbers);
  }

  /** Computes the parts of the pairs of these rows. */
  take(data: Rows): { readonly distances: Parts; readonly trends: Parts; readonly own: Parts } {
    const { rows, n, columns, numbers } = data;
    if (n > this.#capacity || columns !== this.#columns || numbers !== this.#numbers) this.#grow(data);
    let from = 0;
    while (from < this.#n && from < n && isSame(rows, this.#rows, from * columns, columns)) from++;
    for (let c = 0; c < columns; c++) writeDistances(data, from, c, this.#distances[c] as Float64Array);
    for (let c = 0; c < numbers; c++) {
      const lines = this.#lines[c] as Float64Array;
      const parabolas = this.#parabolas[c] as Float64Array;
      for (let i = from; i < n; i++) {
        lines[i] = line(rows[i * columns + c] as number);
        parabolas[i] = parabola(rows[i * columns + c] as number);
      }
      writeProducts(
        lines,
        parabolas,
        { from, n },
        this.#trends[c] as Float64Array,
        this.#own[c] as Float64Array,
      );
    }
    this.#rows.set(rows.subarray(from * columns, n * columns), from * columns);
    this.#n = n;
    const count = (n * (n - 1)) / 2;
    return {
      distances: { count, byColumn: this.#distances },
      trends: { count, byColumn: this.#trends },
      own: { count: n, byColumn: this.#own },
    };
  }

  #grow({ n, columns, numbers }: Rows): void {
    // A search adds one row at a time.
    const capacity = n + (n >> 2) + 8;
    const pairs = (capacity * (capacity - 1)) / 2;
    const arrays = (count: number, length: number) =>
      Array.from({ length: count }, () => new Float64Array(length));
    this.#capacity = capacity;
    this.#columns = columns;
    this.#numbers = numbers;
    this.#n = 0;
    this.#rows = new Float64Array(capacity * columns);
    this.#distances = arrays(columns, pairs);
    this.#trends = arrays(numbers, pairs);
    this.#own = arrays(numbers, capacity);
    this.#lines = arrays(numbers, capacity);
    this.#parabolas = arrays(numbers, capacity);
    this.unit = new Float64Array(pairs);
    this.slopes = new Float64Array(pairs);
    this.trendPairs = new Float64Array(pairs);
    this.pulls = new Float64Array(pairs);
    this.k = new Float64Array(capacity * capacity);
    this.work = new Float64Array(capacity * capacity);
    this.inverse = new Float64Array(capacity * capacity);
  }
}

function sizeOf(capacity: number, columns: number, numbers: number): number {
  return (capacity * capacity * (columns + numbers + 10)) / 2;
}

function isSame(a: Float64Array, b: Float64Array, at: number, length: number): boolean {
  for (let k = at; k < at + length; k++) if (a[k] !== b[k]) return false;
  return true;
}

/** Writes what a column adds to the squared distances of the pairs of the rows from `from` on. */
function writeDistances(
  { rows, n, columns, numbers }: Rows,
  from: number,
  c: number,
  out: Float64Array,
): void {
  for (let i = from, at = (from * from - from) / 2; i < n; i++) {
    const own = rows[i * columns + c] as number;
    for (let j = 0; j < i; j++, at++) {
      const off = own - (rows[j * columns + c] as number);
      out[at] = c < numbers ? off * off : off === 0 ? 0 : 1;
    }
  }
}

/** Writes what a number column adds to the trend's covariance of pairs, and of each row with itself. */
function writeProducts(
  lines: Float64Array,
  parabolas: Float64Array,
  { from, n }: { readonly from: number; readonly n: number },
  pairs: Float64Array,
  own: Float64Array,
): void {
  for (let i = from, at = (from * from - from) / 2; i < n; i++) {
    const a = lines[i] as number;
    const b = parabolas[i] as number;
    for (let j = 0; j < i; j++, at++) pairs[at] = a * (lines[j] as number) + b * (parabolas[j] as number);
    own[i] = a * a + b * b;
  }
}
