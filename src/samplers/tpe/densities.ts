import type { Axis } from './axis.js';
import type { Belief } from './belief.js';
import type { Layout } from './layout.js';
import { type Kernels, Mixture } from './mixture.js';
import type { BandwidthSettings, Settings } from './settings.js';

const LEAST_WIDTH = 0.003;

export type GoodSettings = {
  readonly settings: Settings;
  readonly look: BandwidthSettings;
  readonly belief: Belief | null;
};

/**
 * Returns the good density. The better an observation ranks the more it weighs, as in CMA-ES (Hansen, arXiv 1604.00772):
 * weights by rank do not change under a monotone change of the objective. Bandwidths follow Scott's rule on each axis
 * separately, from the weighted spread of the good observations, with the uniform distribution as one more observation:
 * where the good ones agree the search narrows. It exploits more than Optuna does. What the user expects is one more component.
 */
export function goodDensity(
  layout: Layout,
  kernels: Kernels,
  { settings: { goodPrior }, look, belief }: GoodSettings,
): Mixture {
  const { count } = kernels;
  const { width } = layout;
  const weights = new Float64Array(count);
  let sum = 0;
  for (let rank = 0; rank < count; rank++) {
    weights[rank] = Math.log((count + 0.5) / (rank + 1));
    sum += weights[rank] as number;
  }
  let squares = 0;
  for (let k = 0; k < count; k++) {
    const weight = ((weights[k] as number) * count) / sum;
    weights[k] = weight;
    squares += weight * weight;
  }
  const effective = count === 0 ? 1 : (count * count) / squares;
  const factor = look.width * Math.exp(-Math.log(effective) / 5);
  const widths = new Float64Array(width);
  for (let column = 0; column < width; column++)
    widths[column] = factor * spread(layout.axes[column] as Axis, column, width, kernels, weights);
  return new Mixture(layout, kernels, weights, { prior: goodPrior, widths, smear: look.smear, belief });
}

/** Returns the bad density, with Optuna's bandwidths: 0.2 n^(-1/(d+4)), at least 1 / min(100, n + 1). */
export function badDensity(layout: Layout, kernels: Kernels, { badPrior }: Settings): Mixture {
  const { count } = kernels;
  const width = Math.max(
    0.2 * Math.exp(-Math.log(Math.max(count, 1)) / (layout.width + 4)),
    1 / Math.min(100, count + 1),
  );
  const widths = new Float64Array(layout.width).fill(width);
  return new Mixture(layout, kernels, new Float64Array(count).fill(1), {
    prior: badPrior,
    widths,
    smear: 1,
    belief: null,
  });
}

/** Returns the standard deviation of the observations on an axis together with one uniform observation. */
function spread(
  axis: Axis,
  column: number,
  width: number,
  { cells, count }: Kernels,
  weights: Float64Array,
): number {
  if (axis.kind === 'level' && axis.scale === null) return 1;
  const centers = axis.kind === 'level' ? axis.scale?.centers : undefined;
  const places = new Float64Array(count);
  for (let k = 0; k < count; k++) {
    const cell = cells[k * width + column] as number;
    places[k] = centers ? (centers[cell] as number) : cell;
  }
  let mean = 0.5;
  for (let k = 0; k < count; k++) mean += (weights[k] as number) * (places[k] as number);
  mean /= count + 1;
  let square = 1 / 12 + (mean - 0.5) * (mean - 0.5);
  for (let k = 0; k < count; k++) {
    const distance = (places[k] as number) - mean;
    square += (weights[k] as number) * distance * distance;
  }
  return Math.max(LEAST_WIDTH, Math.sqrt(square / (count + 1)));
}
