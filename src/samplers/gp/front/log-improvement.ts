import type { Acquisition } from '../acquisition.js';
import type { Posterior } from '../posterior.js';
import type { Box } from './boxes.js';
import { logShortfall, type Shortfall } from './shortfall.js';

/** The model of an objective, and how fast its own units grow along the model's scale (see `Warped`). */
export type Objective = { readonly posterior: Posterior; readonly rate: number };

/** The values where the boxes of one objective begin and end, and the place of each box's ends among them; -1: no end. */
type Edges = { readonly edges: Float64Array; readonly low: Int32Array; readonly high: Int32Array };

/**
 * Returns the logarithm of the expected improvement of the hypervolume: Ament et al., Unexpected improvements to expected
 * improvement, NeurIPS 2023, section 4.3, in closed form for independent objectives. The volume that a point adds to a box is the product
 * over the objectives of E (high - Y)+ - E (low - Y)+, and boxes that do not overlap add up. Volumes are in the objectives' own
 * units: on the model's scale, which may be a logarithm, any end of the front would be worth most.
 */
export function makeFrontAcquisition(
  models: readonly Objective[],
  boxes: readonly Box[],
  numbers: number,
): Acquisition {
  const objectives = models.map((model, k) => ({ ...model, ...edgesOf(boxes, k) }));
  const at: Shortfall = { log: 0, byMean: 0, byDeviation: 0 };
  const each = objectives.map(({ edges }) => ({
    log: new Float64Array(edges.length),
    byDeviation: new Float64Array(edges.length),
    byMean: new Float64Array(edges.length),
    means: new Float64Array(numbers),
    deviations: new Float64Array(numbers),
  }));
  const volumes = new Float64Array(boxes.length);

  /** Reads the predictions at a row, and what each edge has. */
  const look = (row: Float64Array, differentiates: boolean) => {
    objectives.forEach(({ posterior, rate, edges }, k) => {
      const own = each[k] as (typeof each)[number];
      const { mean, deviation } = differentiates
        ? posterior.differentiate(row, own.means, own.deviations)
        : posterior.predict(row);
      for (let e = 0; e < edges.length; e++) {
        logShortfall(edges[e] as number, mean, deviation, rate, at);
        own.log[e] = at.log;
        own.byMean[e] = at.byMean;
        own.byDeviation[e] = at.byDeviation;
      }
    });
  };
  /** Returns the logarithm of the sum of the boxes' volumes; leaves each one's logarithm in `volumes`. */
  const total = () => {
    let largest = Number.NEGATIVE_INFINITY;
    for (let b = 0; b < boxes.length; b++) {
      let sum = 0;
      for (let k = 0; k < objectives.length; k++) sum += side(k, b);
      volumes[b] = sum;
      if (sum > largest) largest = sum;
    }
    if (largest === Number.NEGATIVE_INFINITY) return largest;
    let sum = 0;
    for (let b = 0; b < boxes.length; b++) sum += Math.exp((volumes[b] as number) - largest);
    return largest + Math.log(sum);
  };
  /** The logarithm of a box's expected length in one objective. */
  const side = (k: number, b: number) => {
    const { low, high } = objectives[k] as Edges;
    const { log } = each[k] as { log: Float64Array };
    const upper = log[high[b] as number] as number;
    const from = low[b] as number;
    return from < 0 ? upper : upper + Math.log(-Math.expm1(Math.min(0, (log[from] as number) - upper)));
  };
  return {
    value(row) {
      look(row, false);
      return total();
    },
    differentiate(row, gradient) {
      look(row, true);
      const value = total();
      gradient.fill(0);
      if (!Number.isFinite(value)) return value;
      objectives.forEach(({ low, high }, k) => {
        const own = each[k] as (typeof each)[number];
        let byMean = 0;
        let byDeviation = 0;
        for (let b = 0; b < boxes.length; b++) {
          const share = Math.exp((volumes[b] as number) - value);
          if (share < 1e-12) continue;
          const upper = high[b] as number;
          const lower = low[b] as number;
          // The weights of both edges in the logarithm of their difference.
          const ratio = lower < 0 ? 0 : Math.exp((own.log[lower] as number) - (own.log[upper] as number));
          const of = share / (1 - ratio);
          byMean += of * (own.byMean[upper] as number);
          byDeviation += of * (own.byDeviation[upper] as number);
          if (lower < 0) continue;
          byMean -= of * ratio * (own.byMean[lower] as number);
          byDeviation -= of * ratio * (own.byDeviation[lower] as number);
        }
        for (let c = 0; c < numbers; c++)
          gradient[c] =
            (gradient[c] as number) +
            byMean * (own.means[c] as number) +
            byDeviation * (own.deviations[c] as number);
      });
      return value;
    },
    splits: false,
  };
}

function edgesOf(boxes: readonly Box[], objective: number): Edges {
  const all = boxes.flatMap(({ low, high }) => [low[objective] as number, high[objective] as number]);
  const edges = Float64Array.from([...new Set(all.filter(Number.isFinite))]).sort();
  const places = new Map(Array.from(edges, (value, place) => [value, place]));
  const placeOf = (value: number | undefined) => places.get(value as number) ?? -1;
  return {
    edges,
    low: Int32Array.from(boxes, ({ low }) => placeOf(low[objective])),
    high: Int32Array.from(boxes, ({ high }) => placeOf(high[objective])),
  };
}
