import { floatColumn, intColumn } from './column.js';

/** One metric of one trial over its steps, ascending. */
export type Curve = { readonly steps: Float64Array; readonly values: Float64Array };

/** The curves of all trials in a row: those of trial n lie from `starts[n]` to before `starts[n + 1]`. */
export type PackedCurves = Curve & { readonly starts: Uint32Array };

const NO_STEPS: ReadonlyMap<number, number> = new Map();

const LEAST_WASTE = 4096;

/** The objective of every trial over its steps, in flat arrays. */
export class Curves {
  /** Where the curve of a trial begins among the points. */
  readonly #starts = intColumn();
  readonly #counts = intColumn();
  #steps = floatColumn();
  #values = floatColumn();
  /** Points that belong to no trial any more. */
  #waste = 0;

  /** Returns whether the trial had another curve before. */
  set(trial: number, steps: ReadonlyMap<number, number>): boolean {
    if (this.#isSame(trial, steps)) return false;
    const before = this.#counts.get(trial);
    let at = this.#starts.get(trial);
    if (before !== steps.size) {
      this.#waste += before;
      at = this.#values.length;
    }
    this.#starts.set(trial, at);
    this.#counts.set(trial, steps.size);
    for (const [step, value] of steps) {
      this.#steps.set(at, step);
      this.#values.set(at, value);
      at += 1;
    }
    if (this.#waste > LEAST_WASTE && this.#waste > this.#values.length / 2) this.#compact();
    return true;
  }

  /** Null when the trial has reported no step. */
  get(trial: number): Curve | null {
    const count = this.#counts.get(trial);
    if (count === 0) return null;
    const start = this.#starts.get(trial);
    return {
      steps: this.#steps.values().slice(start, start + count),
      values: this.#values.values().slice(start, start + count),
    };
  }

  /** As `get`: values by step. */
  stepsOf(trial: number): ReadonlyMap<number, number> {
    const count = this.#counts.get(trial);
    if (count === 0) return NO_STEPS;
    const found = new Map<number, number>();
    const start = this.#starts.get(trial);
    for (let at = start; at < start + count; at++) found.set(this.#steps.get(at), this.#values.get(at));
    return found;
  }

  /** How many different steps a trial has reported. */
  stepCount(trial: number): number {
    return this.#counts.get(trial);
  }

  /** The curves of these trials, in this order. The arrays stay true until the next `set`. */
  pack(trials: ArrayLike<number>): PackedCurves {
    const count = trials.length;
    const starts = new Uint32Array(count + 1);
    let [first, isInRow] = [-1, true];
    for (let k = 0; k < count; k++) {
      const trial = trials[k] as number;
      const [at, size] = [starts[k] as number, this.#counts.get(trial)];
      starts[k + 1] = at + size;
      if (size === 0) continue;
      if (first < 0) first = this.#starts.get(trial);
      else if (this.#starts.get(trial) !== first + at) isInRow = false;
    }
    const total = starts[count] as number;
    const [steps, values] = [this.#steps.values(), this.#values.values()];
    if (isInRow) {
      const [from, to] = [Math.max(0, first), Math.max(0, first) + total];
      return { starts, steps: steps.subarray(from, to), values: values.subarray(from, to) };
    }
    const packed = { starts, steps: new Float64Array(total), values: new Float64Array(total) };
    for (let k = 0; k < count; k++) {
      const from = this.#starts.get(trials[k] as number);
      const [to, end] = [starts[k] as number, starts[k + 1] as number];
      for (let at = to; at < end; at++) {
        packed.steps[at] = steps[from + at - to] as number;
        packed.values[at] = values[from + at - to] as number;
      }
    }
    return packed;
  }

  /** Takes the place of what was there. */
  unpack({ starts, steps, values }: PackedCurves): void {
    this.#steps = floatColumn();
    this.#values = floatColumn();
    this.#waste = 0;
    for (let trial = 0; trial + 1 < starts.length; trial++) {
      this.#starts.set(trial, starts[trial] as number);
      this.#counts.set(trial, (starts[trial + 1] as number) - (starts[trial] as number));
    }
    this.#steps.adopt(steps);
    this.#values.adopt(values);
  }

  #isSame(trial: number, steps: ReadonlyMap<number, number>): boolean {
    if (this.#counts.get(trial) !== steps.size) return false;
    let at = this.#starts.get(trial);
    for (const [step, value] of steps) {
      if (this.#steps.get(at) !== step || !Object.is(this.#values.get(at), value)) return false;
      at += 1;
    }
    return true;
  }

  #compact(): void {
    this.unpack(this.pack(numbersBelow(this.#counts.length)));
  }
}

/** The numbers of so many trials. */
export const numbersBelow = (count: number) => Int32Array.from({ length: count }, (_, number) => number);

/** The curves of a trial's metrics, from what is stored of it. Final values, which have no step, are left out. */
export function curvesByMetric(
  points: readonly { readonly name: string; readonly step: number | null; readonly value: number }[],
): ReadonlyMap<string, Curve> {
  const byName = new Map<string, [step: number, value: number][]>();
  for (const { name, step, value } of points) {
    if (step === null) continue;
    const known = byName.get(name);
    if (known) known.push([step, value]);
    else byName.set(name, [[step, value]]);
  }
  return new Map(
    [...byName].map(([name, pairs]) => {
      pairs.sort(([a], [b]) => a - b);
      return [
        name,
        {
          steps: Float64Array.from(pairs, ([step]) => step),
          values: Float64Array.from(pairs, ([, value]) => value),
        },
      ];
    }),
  );
}
