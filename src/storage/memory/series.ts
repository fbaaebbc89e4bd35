/** The values of one metric of one trial: one for each step, in ascending order of step, and perhaps a final one. */
export class Series {
  #bySteps = new Map<number, number>();
  #highest = -1;
  /** The value without a step; null when there is none. */
  #final: number | null = null;

  /** Notes a value in place of the one that stood there. Reports that come late are rare, so only they cost a sort. */
  set(step: number | null, reported: number): void {
    const value = withoutSign(reported);
    if (step === null) {
      this.#final = value;
      return;
    }
    const late = step < this.#highest && !this.#bySteps.has(step);
    this.#bySteps.set(step, value);
    if (late) this.#bySteps = new Map([...this.#bySteps].sort(([a], [b]) => a - b));
    else this.#highest = Math.max(this.#highest, step);
  }

  /** Takes out the steps from `from` on, up to but without `to`. */
  dropSteps(from: number, to: number): void {
    for (const step of this.#bySteps.keys()) if (step >= from && step < to) this.#bySteps.delete(step);
    // Kept in ascending order: the last one is the highest.
    this.#highest = [...this.#bySteps.keys()].at(-1) ?? -1;
  }

  dropFinal(): void {
    this.#final = null;
  }

  get isEmpty(): boolean {
    return this.#final === null && this.#bySteps.size === 0;
  }

  get final(): number | null {
    return this.#final;
  }

  steps(): Iterable<[step: number, value: number]> {
    return this.#bySteps;
  }

  stepNumbers(): Iterable<number> {
    return this.#bySteps.keys();
  }

  /** The final value, else the one of the highest step. */
  last(): number {
    return this.#final ?? (this.#bySteps.get(this.#highest) as number);
  }
}

/** A plain zero for a negative one, which a file does not have either. */
export function withoutSign(value: number): number {
  return value + 0;
}
