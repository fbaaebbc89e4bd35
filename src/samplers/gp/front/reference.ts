import type { Losses } from '../../../core/pareto.js';

/** A tried configuration with what the models expect of it. */
export type Member = { readonly row: Float64Array; readonly losses: Losses };

/** The reference lies this share of an extent behind the worst of the first so many values: they lie anywhere. */
const MARGIN = 0.1;
const FIRST = 10;

/**
 * Returns the point up to which volume counts, on the models' scales. What lies behind the first configurations in an objective is of no
 * use: else the ends of a bad front, which nothing dominates, would be worth the most. Where all of the front lies there, it counts.
 * `rates`: see `Warped`.
 */
export function referenceOf(
  front: readonly Member[],
  all: readonly Member[],
  rates: readonly number[],
): Losses {
  const behind = (members: readonly Member[]) =>
    rates.map((rate, k) => {
      const values = members.map(({ losses }) => losses[k] as number);
      const worst = values.reduce((a, b) => Math.max(a, b));
      const least = values.reduce((a, b) => Math.min(a, b));
      // The margin is one of the objective's own units.
      return worst + Math.log1p(-MARGIN * Math.expm1(-rate * (worst - least))) / rate;
    });
  const reference = behind(all.slice(0, FIRST));
  if (front.some(({ losses }) => losses.every((loss, k) => loss < (reference[k] as number))))
    return reference;
  // Not on the worst values themselves, where they have no extent.
  return behind(front).map((own, k) => Math.max(own, reference[k] as number) + 1e-6);
}
