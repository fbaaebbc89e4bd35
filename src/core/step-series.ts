const NO_STEPS: ReadonlyMap<number, number> = new Map();

/** The values of one metric of one trial: one for each step, in ascending order of step, and a final one. */
export class StepSeries {
  /** Null while there are none: most trials report nothing, and a long study has many. */
  #bySteps: Map<number, number> | null = null;
  #highest = -1;
  #final: number | null = null;

  /** Stores a value, replacing an earlier one of the same step. Late steps are rare, so only they cost a sort. */
  set(step: number | null, value: number): void {
    if (step === null) {
      this.#final = value;
      return;
    }
    this.#bySteps ??= new Map();
    const isLate = step < this.#highest && !this.#bySteps.has(step);
    this.#bySteps.set(step, value);
    if (isLate) this.#bySteps = new Map([...this.#bySteps].sort(([a], [b]) => a - b));
    else this.#highest = Math.max(this.#highest, step);
  }

  /** Removes the steps from `from` up to but without `to`. */
  dropSteps({ from, to }: { readonly from: number; readonly to: number }): void {
    const bySteps = this.#bySteps;
    if (bySteps === null) return;
    for (const step of bySteps.keys()) if (step >= from && step < to) bySteps.delete(step);
    // In ascending order: the last one is the highest.
    this.#highest = [...bySteps.keys()].at(-1) ?? -1;
  }

  dropFinal(): void {
    this.#final = null;
  }

  get isEmpty(): boolean {
    return this.#final === null && (this.#bySteps?.size ?? 0) === 0;
  }

  /** The value without a step; null when there is none. */
  get final(): number | null {
    return this.#final;
  }

  /** Values by ascending step, as of now. */
  steps(): ReadonlyMap<number, number> {
    return this.#bySteps ?? NO_STEPS;
  }

  /** Returns the final value, or else the value of the highest step. The series must not be empty. */
  last(): number {
    return this.#final ?? (this.#bySteps?.get(this.#highest) as number);
  }
}
