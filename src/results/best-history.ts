import { isFeasible } from '../core/metric-constraints.js';
import { isResult } from '../core/objective-value.js';
import type { Direction } from '../core/trial.js';
import { floatColumn } from './column.js';
import type { TrialTable } from './trial-table.js';

/**
 * One objective over the trials in order of number: the value of each complete trial that keeps every metric constraint,
 * and the best of the values up to there. Trials are taken one by one, not by configuration: with repeats a single lucky
 * seed shows here, and not in the ranking.
 */
export class BestHistory {
  readonly #objective: number;
  readonly #direction: Direction;
  readonly #values = floatColumn();
  readonly #best = floatColumn();
  /** `#best` is right below this number. */
  #validBelow = 0;

  constructor(objective: number, direction: Direction) {
    this.#objective = objective;
    this.#direction = direction;
  }

  /** Brings itself up to date with what the table says of this trial. */
  update(table: TrialTable, number: number): void {
    const value = table.valuesOf(number)?.[this.#objective] ?? Number.NaN;
    const counts =
      table.stateOf(number) === 'complete' &&
      isFeasible(table.violationsOf(number)) &&
      isResult(value, this.#direction);
    const isNew = number >= this.#values.length;
    if (this.#values.set(number, counts ? value : Number.NaN) || isNew)
      this.#validBelow = Math.min(this.#validBelow, number);
  }

  /** By trial number; NaN where a trial does not count. */
  values(): Float64Array {
    return this.#values.values();
  }

  /** The best value of the trials up to and including each number; NaN before the first. */
  best(): Float64Array {
    const sign = this.#direction === 'maximize' ? -1 : 1;
    let best = this.#validBelow > 0 ? this.#best.get(this.#validBelow - 1) : Number.NaN;
    for (let number = this.#validBelow; number < this.#values.length; number++) {
      const value = this.#values.get(number);
      if (!Number.isNaN(value) && !(sign * best <= sign * value)) best = value;
      this.#best.set(number, best);
    }
    this.#validBelow = this.#values.length;
    return this.#best.values();
  }
}
