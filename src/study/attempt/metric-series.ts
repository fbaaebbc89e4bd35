import { isResult } from '../../core/objective-value.js';
import type { Objective } from '../../core/spec.js';
import { mean } from '../../core/stats.js';
import type { MetricPoint } from '../../executors/executor.js';

/** What a trial has reported of its objective, and the value that follows from it. */
export class MetricSeries {
  readonly #objective: Objective;
  #steps = new Map<number, number>();
  #newest = -1;
  #final: number | null = null;

  constructor(objective: Objective) {
    this.#objective = objective;
  }

  get metric(): string {
    return this.#objective.metric;
  }

  /** Notes a point if it is of this objective; true when it is. */
  note(point: MetricPoint): boolean {
    if (point.name !== this.#objective.metric) return false;
    if (point.step === null) this.#final = point.value;
    else this.#set(point.step, point.value);
    return true;
  }

  /** Kept in order as it grows: sorting at each report would make a trial of many steps slow. */
  #set(step: number, value: number): void {
    const late = step < this.#newest && !this.#steps.has(step);
    this.#steps.set(step, value);
    this.#newest = Math.max(this.#newest, step);
    if (late) this.#steps = new Map([...this.#steps].sort(([a], [b]) => a - b));
  }

  /** Takes out the steps from `from` on, up to but without `to`. */
  forget(from: number, to: number): void {
    for (const step of this.#steps.keys()) if (step >= from && step < to) this.#steps.delete(step);
    // In ascending order, as `#set` leaves them.
    this.#newest = [...this.#steps.keys()].at(-1) ?? -1;
  }

  /** Whether a value for the whole trial was reported, which a trainer does when it is done. */
  get hasFinal(): boolean {
    return this.#final !== null;
  }

  /** Raw values by ascending step, as of now. */
  steps(): ReadonlyMap<number, number> {
    return this.#steps;
  }

  /** The trial's value: `reduce` over the steps; under `last` a final value wins; null when nothing was reported. */
  value(): number | null {
    const { reduce, direction } = this.#objective;
    const values = [...this.steps().values()];
    if (values.length === 0 || (reduce === 'last' && this.#final !== null)) return this.#final;
    if (reduce === 'last') return values.at(-1) as number;
    if (reduce === 'mean') return mean(values);
    const numbers = values.filter((value) => !Number.isNaN(value));
    if (numbers.length === 0) return Number.NaN;
    return numbers.reduce((a, b) => (direction === 'maximize' ? Math.max(a, b) : Math.min(a, b)));
  }

  /** The newest value that can be a result: what a pruned trial is worth. */
  lastFeasible(): number | null {
    const values = [...this.steps().values()];
    return values.findLast((value) => isResult(value, this.#objective.direction)) ?? null;
  }
}
