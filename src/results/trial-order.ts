import type { ParamValue } from '../core/distribution.js';
import { isFeasible } from '../core/metric-constraints.js';
import type { ListedTrial, TrialField } from './trial-fields.js';

/**
 * Returns the order of trials by a field. An objective puts the best first: complete trials that keep every limit, complete
 * ones that break one, and then the others. Any other field begins with the lowest value. `reverse` turns the values
 * around, and never what has no value, which always comes last. Trials that are equal stay in order of their numbers.
 */
export function trialOrder(field: TrialField, reverse: boolean): (a: ListedTrial, b: ListedTrial) => number {
  const sign = (field.direction === 'maximize' ? -1 : 1) * (reverse ? -1 : 1);
  const tier = field.kind === 'objective' ? tierOf : () => 0;
  return (a, b) => {
    const [x, y] = [field.value(a), field.value(b)];
    const missing = Number(isMissing(x)) - Number(isMissing(y));
    return missing || tier(a) - tier(b) || sign * compare(x, y) || a.number - b.number;
  };
}

/** The first rows in an order, without keeping the others. */
export class TopRows<Row> {
  readonly #compare: (a: Row, b: Row) => number;
  readonly #limit: number;
  #rows: Row[] = [];

  constructor(compare: (a: Row, b: Row) => number, limit: number) {
    this.#compare = compare;
    this.#limit = limit;
  }

  add(rows: readonly Row[]): void {
    const all = [...this.#rows, ...rows];
    // Sorting is stable.
    this.#rows = Number.isFinite(this.#limit) ? all.sort(this.#compare).slice(0, this.#limit) : all;
  }

  /** In their order. */
  rows(): readonly Row[] {
    return [...this.#rows].sort(this.#compare);
  }
}

function tierOf({ state, violations }: ListedTrial): number {
  if (state !== 'complete') return 2;
  return isFeasible(violations) ? 0 : 1;
}

function isMissing(value: ParamValue): boolean {
  return value === null || Number.isNaN(value);
}

/** Numbers before texts, so that mixed choices have one order. */
function compare(a: ParamValue, b: ParamValue): number {
  if (typeof a === 'number' && typeof b === 'number') return a < b ? -1 : a > b ? 1 : 0;
  if (typeof a === 'number' || typeof b === 'number') return typeof a === 'number' ? -1 : 1;
  const [x, y] = [String(a), String(b)];
  return x < y ? -1 : x > y ? 1 : 0;
}
