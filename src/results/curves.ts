/** One metric of one trial over its steps, ascending. */
export type Curve = { readonly steps: Float64Array; readonly values: Float64Array };

/** `steps` null: 1, 2, 3 and so on, or 0, 1, 2 and so on, by `first`. */
type Stored = { readonly first: number; readonly steps: Float64Array | null; readonly values: Float64Array };

/** The objective of every trial over its steps. Steps that count up by one take no memory. */
export class Curves {
  readonly #byTrial: (Stored | undefined)[] = [];

  set(trial: number, steps: ReadonlyMap<number, number>): void {
    while (this.#byTrial.length <= trial) this.#byTrial.push(undefined);
    this.#byTrial[trial] = steps.size === 0 ? undefined : pack(steps);
  }

  /** Null when the trial has reported no step. */
  get(trial: number): Curve | null {
    const stored = this.#byTrial[trial];
    if (!stored) return null;
    const { first, steps, values } = stored;
    return { values, steps: steps ?? Float64Array.from(values, (_, k) => first + k) };
  }

  /** How many different steps a trial has reported. */
  stepCount(trial: number): number {
    return this.#byTrial[trial]?.values.length ?? 0;
  }
}

function pack(steps: ReadonlyMap<number, number>): Stored {
  const values = Float64Array.from(steps.values());
  const numbers = Float64Array.from(steps.keys());
  const first = numbers[0] as number;
  const isCounted = numbers.every((step, k) => step === first + k);
  return { first, steps: isCounted ? null : numbers, values };
}

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
