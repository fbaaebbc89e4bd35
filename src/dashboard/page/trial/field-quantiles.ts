import type { Curves } from '../store/curves.js';

/** How the curves of all trials lie at each step. */
export type Quantiles = {
  readonly steps: readonly number[];
  readonly low: readonly (number | null)[];
  readonly middle: readonly (number | null)[];
  readonly high: readonly (number | null)[];
};

const MOST_STEPS = 200;

/** Returns a tenth, the middle and nine tenths of what all trials reported at each step. */
export function quantilesOf({ steps, values }: Curves): Quantiles {
  const byStep = new Map<number, number[]>();
  for (let p = 0; p < steps.length; p++) {
    const value = values[p] as number;
    if (!Number.isFinite(value)) continue;
    const step = steps[p] as number;
    const list = byStep.get(step);
    if (list) list.push(value);
    else byStep.set(step, [value]);
  }
  const all = [...byStep.keys()].sort((a, b) => a - b);
  const every = Math.max(1, Math.ceil(all.length / MOST_STEPS));
  const kept = all.filter((_, k) => k % every === 0);
  const sorted = kept.map((step) => Float64Array.from(byStep.get(step) ?? []).sort());
  const at = (share: number) => sorted.map((list) => list[Math.floor(share * (list.length - 1))] ?? null);
  return { steps: kept, low: at(0.1), middle: at(0.5), high: at(0.9) };
}
