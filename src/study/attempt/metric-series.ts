import { isResult } from '../../core/objective-value.js';
import type { Objective } from '../../core/spec.js';
import { mean } from '../../core/stats.js';
import { StepSeries } from '../../core/step-series.js';
import type { MetricPoint } from '../../executors/executor.js';

/** What a trial has reported of one objective, and the value that follows from it. */
export class MetricSeries {
  readonly #objective: Objective;
  readonly #series = new StepSeries();

  constructor(objective: Objective) {
    this.#objective = objective;
  }

  get metric(): string {
    return this.#objective.metric;
  }

  /** Notes a point of this metric and returns true; returns false for other points. */
  note(point: MetricPoint): boolean {
    if (point.name !== this.#objective.metric) return false;
    this.#series.set(point.step, point.value);
    return true;
  }

  /** Removes the steps from `from` up to but without `to`. */
  dropSteps(range: { readonly from: number; readonly to: number }): void {
    this.#series.dropSteps(range);
  }

  /** Whether a value for the whole trial was reported: a trainer does that when it is done. */
  get hasFinal(): boolean {
    return this.#series.final !== null;
  }

  /** The value for the whole trial; null when none was reported. */
  get final(): number | null {
    return this.#series.final;
  }

  /** Whether it has a value at a step: one of the step, or only one for the whole trial. */
  hasValueAt(step: number): boolean {
    const steps = this.steps();
    return steps.has(step) || (steps.size === 0 && this.hasFinal);
  }

  /** Raw values by ascending step, as of now. */
  steps(): ReadonlyMap<number, number> {
    return this.#series.steps();
  }

  /**
   * Returns the trial's value: `reduce` over the steps. Under `last` a final value counts before any step. Null when nothing
   * was reported.
   */
  value(): number | null {
    const { reduce, direction } = this.#objective;
    const { final } = this.#series;
    const values = [...this.steps().values()];
    if (values.length === 0 || (reduce === 'last' && final !== null)) return final;
    if (reduce === 'last') return values.at(-1) as number;
    if (reduce === 'mean') return mean(values);
    const numbers = values.filter((value) => !Number.isNaN(value));
    if (numbers.length === 0) return Number.NaN;
    return numbers.reduce((a, b) => (direction === 'maximize' ? Math.max(a, b) : Math.min(a, b)));
  }

  /** Returns the newest value of a step that can be a result: what a pruned trial is worth. Null when there is none. */
  lastFeasible(): number | null {
    const values = [...this.steps().values()];
    return values.findLast((value) => isResult(value, this.#objective.direction)) ?? null;
  }
}
