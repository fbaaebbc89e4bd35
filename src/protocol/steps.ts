import { type MetricEntry, STEP_NAMES } from './metric.js';

/**
 * `step` is null for a final value: one that holds for the whole trial. `counted`: nothing named the step, which is the
 * number of the report within its attempt.
 */
export type StepPoint = {
  readonly name: string;
  readonly step: number | null;
  readonly value: number;
  readonly counted?: true;
};
export type Tracked = { readonly points: readonly StepPoint[]; readonly warnings: readonly string[] };

type MetricState = {
  /** Reports so far that had no step of their own and no current step. */
  counted: number;
  /** It has had a report with an explicit or current step. */
  stepped: boolean;
  readonly seen: Set<number>;
};

/**
 * Finds the step of each reported value, over the lines of one attempt:
 *
 * - `epoch` or `step` (an integer >= 0) on a line names the step of the line's other values. With both, `epoch` names
 *   it and `step` is an ordinary metric.
 * - A line with nothing else sets the current step, to which later step-less lines belong.
 * - Without any, the n-th report of a metric is step n, counted from 1.
 * - Once a metric has had a named or current step, a step-less report is its final value and adds no step.
 * - A step reported again: the last value counts, with a warning.
 *
 * A step that is no such integer gives a warning, and the line's values are skipped, since their step is unknown.
 */
export class StepTracker {
  readonly #metrics = new Map<string, MetricState>();
  #current: number | null = null;

  /** `stepped`: metrics that have had named steps before these lines, in the attempts from which this one resumes. */
  constructor(stepped: Iterable<string> = []) {
    for (const name of stepped) this.#state(name).stepped = true;
  }

  /** Returns the points of one line's entries, in their order. Never throws. */
  track(entries: readonly MetricEntry[]): Tracked {
    const namer = STEP_NAMES.find((name) => entries.some((entry) => entry[0] === name));
    if (namer === undefined) return this.#place(entries, this.#current);
    const named = new Set(entries.filter((entry) => entry[0] === namer).map((entry) => entry[1]));
    const [step] = named;
    if (step === undefined || named.size > 1 || !Number.isSafeInteger(step) || step < 0) {
      const got = [...named].map((value) => `${namer}=${value}`).join(' ');
      return {
        points: [],
        warnings: [`${namer} must be one integer >= 0, got ${got}; the line is left out`],
      };
    }
    const position = Math.abs(step); // -0 is 0
    if (entries.every((entry) => STEP_NAMES.includes(entry[0]))) this.#current = position;
    return this.#place(
      entries.filter((entry) => entry[0] !== namer),
      position,
    );
  }

  #place(entries: readonly MetricEntry[], step: number | null): Tracked {
    const points: StepPoint[] = [];
    const warnings: string[] = [];
    for (const [name, value] of entries) {
      const metric = this.#state(name);
      const at = step === null ? stepless(metric) : step;
      if (step !== null) metric.stepped = true;
      if (at !== null && metric.seen.has(at))
        warnings.push(`${name} was reported again at step ${at}; the last value counts`);
      if (at !== null) metric.seen.add(at);
      points.push({ name, step: at, value, ...(step === null && at !== null && { counted: true as const }) });
    }
    return { points, warnings };
  }

  #state(name: string): MetricState {
    let state = this.#metrics.get(name);
    if (state === undefined) {
      state = { counted: 0, stepped: false, seen: new Set() };
      this.#metrics.set(name, state);
    }
    return state;
  }
}

/** Returns the step of a report that nothing names: the next one by count, or none (a final value). */
function stepless(metric: MetricState): number | null {
  if (metric.stepped) return null;
  metric.counted++;
  return metric.counted;
}
