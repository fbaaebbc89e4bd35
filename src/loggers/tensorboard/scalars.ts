import { lowestExplicitStep } from '../../core/metric-inheritance.js';
import type { MetricPoint } from '../../executors/executor.js';

/** Metrics of one trial. Others are dropped, or a trainer could fill the memory with names. */
export const MAX_METRICS = 1000;

/** The table of parameters fails in TensorBoard where the last step of any curve has more than 31 bits. */
export const MAX_STEP = 2 ** 31 - 2;

/** One value of a curve. */
export type Scalar = { readonly tag: string; readonly step: number; readonly value: number };

/**
 * Turns the points of one attempt into scalars. Their tags are the names of the metrics, and the steps of a tag only increase:
 * TensorBoard forgets later steps when it reads an earlier one. What comes late, or again with another value, sets `isDisordered`:
 * the file must be written again from the database.
 */
export class TrialScalars {
  readonly #objectives: readonly string[];
  readonly #last = new Map<string, Scalar>();
  readonly #final = new Map<string, number>();
  /** The highest step of all tags; null before the first. */
  #lastStep: number | null = null;
  /** The lowest step that the attempt named at first; a lower one later takes back inherited values. */
  #firstStep: number | null = null;
  isDisordered = false;
  /** Number of values that were dropped because of too many metrics or too large steps. */
  overflow = 0;

  /** `objectives`: their metrics. */
  constructor(objectives: readonly string[]) {
    this.#objectives = objectives;
  }

  /** Notes what the attempt itself reports, before `take`. */
  judge(points: readonly MetricPoint[]): void {
    const lowest = lowestExplicitStep(points);
    if (lowest === null) return;
    this.#firstStep ??= lowest;
    if (lowest < this.#firstStep) this.isDisordered = true;
  }

  /** Takes points in order, those of earlier attempts first. Returns the scalars that continue their curves. */
  take(points: readonly MetricPoint[]): Scalar[] {
    const scalars: Scalar[] = [];
    for (const { name, step, value } of points) {
      const tag = this.#tagOf(name);
      if (!this.#hasRoom(tag) || (step !== null && step > MAX_STEP)) this.overflow++;
      else if (step === null) this.#final.set(tag, value);
      else if (this.#isNext(tag, step, value)) {
        const scalar = { tag, step, value };
        this.#last.set(tag, scalar);
        if (this.#lastStep === null || step > this.#lastStep) this.#lastStep = step;
        scalars.push(scalar);
      }
    }
    return scalars;
  }

  /** Returns the final values and those of the objectives: at the last step, or one further where a curve is there already. */
  end(values: readonly number[] | null): Scalar[] {
    const last = this.#lastStep ?? 0;
    const finals = [...this.#final].map(([tag, value]) => {
      const isTaken = this.#last.get(tag)?.step === last;
      return { tag, step: isTaken ? last + 1 : last, value };
    });
    const results = (values ?? []).flatMap((value, k) => {
      const metric = this.#objectives[k];
      return metric === undefined ? [] : [{ tag: objectiveTag(metric), step: last, value }];
    });
    return [...finals, ...results];
  }

  #isNext(tag: string, step: number, value: number): boolean {
    const last = this.#last.get(tag);
    if (last === undefined || step > last.step) return true;
    if (step < last.step || !Object.is(value, last.value)) this.isDisordered = true;
    return false;
  }

  #hasRoom(tag: string): boolean {
    if (this.#last.has(tag) || this.#final.has(tag)) return true;
    return this.#last.size + this.#final.size < MAX_METRICS;
  }

  /** A metric with the name of a tag of hpo gets another one. */
  #tagOf(name: string): string {
    const isOurs = name.startsWith(OBJECTIVE) && this.#objectives.some((each) => objectiveTag(each) === name);
    return isOurs ? `trainer/${name}` : name;
  }
}

const OBJECTIVE = 'objective/';

function objectiveTag(metric: string): string {
  return `${OBJECTIVE}${metric}`;
}
