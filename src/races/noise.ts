/** The value of each configuration with each seed; null where there is none. */
export type Scores = readonly (readonly (number | null)[])[];

export type Noise = {
  /** Variance of one value around its configuration and its seed. */
  readonly variance: number;
  /** Degrees of freedom behind the variance; 0: nothing is known of it. */
  readonly df: number;
};

/** Rows share most of their columns, so that the model converges in a few rounds. */
const MOST_ROUNDS = 60;
const PRECISION = 1e-9;

/**
 * Returns the noise of values: what an effect of the configuration and one of the seed leave unexplained (an analysis of variance
 * of two ways without interaction). Configurations and seeds with one value say nothing of it.
 */
export function noiseOf(scores: Scores): Noise {
  const cells = cellsOf(scores.map((row) => (row.filter((value) => value !== null).length > 1 ? row : [])));
  const distinct = (of: (cell: Cell) => number) => new Set(cells.map(of)).size;
  const df = cells.length - distinct(({ i }) => i) - distinct(({ k }) => k) + 1;
  if (cells.length === 0 || df <= 0) return { variance: 0, df: 0 };
  const { row, column } = fitted(cells);
  const left = cells.map(({ i, k, value }) => value - (row[i] as number) - (column[k] as number));
  return { variance: left.reduce((sum, each) => sum + each * each, 0) / df, df };
}

/** Returns the effect of each configuration: its mean, as if all had run with the same seeds. NaN for one without a value. */
export function effectsOf(scores: Scores): number[] {
  const { row } = fitted(cellsOf(scores));
  return scores.map((values, i) =>
    values.some((value) => value !== null) ? (row[i] as number) : Number.NaN,
  );
}

function cellsOf(scores: Scores): Cell[] {
  return scores.flatMap((row, i) => row.flatMap((value, k) => (value === null ? [] : [{ i, k, value }])));
}

/** Fits an effect of the configuration and one of the seed, by alternating means. */
function fitted(cells: readonly Cell[]): { row: Float64Array; column: Float64Array } {
  const most = (of: (cell: Cell) => number) => cells.reduce((max, cell) => Math.max(max, of(cell) + 1), 0);
  const row = new Float64Array(most(({ i }) => i));
  const column = new Float64Array(most(({ k }) => k));
  const scale = cells.reduce((max, { value }) => Math.max(max, Math.abs(value)), 0);
  for (
    let round = 0, change = Number.POSITIVE_INFINITY;
    round < MOST_ROUNDS && change > PRECISION * scale;
    round++
  ) {
    refit(
      column,
      cells,
      ({ k }) => k,
      ({ i, value }) => value - (row[i] as number),
    );
    change = refit(
      row,
      cells,
      ({ i }) => i,
      ({ k, value }) => value - (column[k] as number),
    );
  }
  return { row, column };
}

type Cell = { readonly i: number; readonly k: number; readonly value: number };

/** Sets each effect to the mean of what the other ones leave in its cells. Returns the largest change. */
function refit(
  effects: Float64Array,
  cells: readonly Cell[],
  indexOf: (cell: Cell) => number,
  rest: (cell: Cell) => number,
): number {
  const counts = new Float64Array(effects.length);
  const before = effects.slice();
  effects.fill(0);
  for (const cell of cells) {
    const at = indexOf(cell);
    effects[at] = (effects[at] as number) + rest(cell);
    counts[at] = (counts[at] as number) + 1;
  }
  let change = 0;
  for (const [at, count] of counts.entries()) {
    if (count > 0) effects[at] = (effects[at] as number) / count;
    change = Math.max(change, Math.abs((effects[at] as number) - (before[at] as number)));
  }
  return change;
}
