import type { ParamValue } from '../core/distribution.js';
import { isFeasible } from '../core/metric-constraints.js';
import type { ListedTrial, TrialField } from './trial-fields.js';

/**
 * Returns the order of trials by a field. An objective puts the best first: complete trials that keep every limit, complete
 * ones that break one, and then the others. Any other field begins with the lowest value. `reverse` turns the values
 * around, and never what has no value, which always comes last. Trials that are equal stay in order of their numbers.
 */
export function trialOrder(field: TrialField, reverse: boolean): TrialOrder {
  const sign = (field.direction === 'maximize' ? -1 : 1) * (reverse ? -1 : 1);
  const tier = field.kind === 'objective' ? tierOf : () => 0;
  return {
    keyOf: (trial) => ({ number: trial.number, value: field.value(trial), tier: tier(trial) }),
    compare: (a, b) => {
      const missing = Number(isMissing(a.value)) - Number(isMissing(b.value));
      return missing || a.tier - b.tier || sign * compare(a.value, b.value) || a.number - b.number;
    },
  };
}

/** What decides the place of a trial. */
export type TrialKey = { readonly number: number; readonly value: ParamValue; readonly tier: number };

export type TrialOrder = {
  readonly keyOf: (trial: ListedTrial) => TrialKey;
  readonly compare: (a: TrialKey, b: TrialKey) => number;
};

type Entry<Line> = { readonly key: TrialKey; readonly line: Line };

/** More than the limit are kept for a while, so that they are sorted only now and then. */
const SPARE = 1000;

/** The first trials in an order, each as what is printed of it, without keeping the others. */
export class TopTrials<Line> {
  readonly #order: TrialOrder;
  readonly #limit: number;
  #entries: Entry<Line>[] = [];
  /** The key after which no trial is wanted; null as long as all are. */
  #last: TrialKey | null = null;

  constructor(order: TrialOrder, limit: number) {
    this.#order = order;
    this.#limit = limit;
  }

  /** Adds a trial if it is among the first so far. `toLine` is asked only then. */
  add<Trial extends ListedTrial>(trial: Trial, toLine: (trial: Trial) => Line): void {
    const key = this.#order.keyOf(trial);
    if (this.#last !== null && this.#order.compare(key, this.#last) > 0) return;
    this.#entries.push({ key, line: toLine(trial) });
    if (this.#entries.length >= this.#limit + SPARE) this.#cut();
  }

  /** In their order. */
  lines(): Line[] {
    this.#cut();
    return this.#entries.map(({ line }) => line);
  }

  #cut(): void {
    this.#entries.sort((a, b) => this.#order.compare(a.key, b.key));
    if (this.#entries.length < this.#limit) return;
    this.#entries.length = this.#limit;
    this.#last = this.#entries.at(-1)?.key ?? null;
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
