import type { Axis } from './axis.js';
import { type Kernels, Mixture } from './mixture.js';
import type { BandwidthSettings, Settings } from './settings.js';

const LEAST_WIDTH = 0.003;

/**
 * Returns the good density. The better an observation ranks the more it weighs, as in CMA-ES (Hansen, arXiv 1604.00772):
 * weights by rank do not change under a monotone change of the objective. Bandwidths follow Scott's rule on each axis
 * separately, from the weighted spread of the good observations, with the uniform distribution as one more observation:
 * where the good ones agree the search narrows. It exploits more than Optuna does.
 */
export function goodDensity(
  axes: readonly Axis[],
  kernels: Kernels,
  { goodPrior }: Settings,
  look: BandwidthSettings,
): Mixture {
  const { count } = kernels;
  const weights = Float64Array.from({ length: count }, (_, rank) => Math.log((count + 0.5) / (rank + 1)));
  const sum = weights.reduce((a, b) => a + b, 0);
  for (let k = 0; k < count; k++) weights[k] = ((weights[k] as number) * count) / sum;
  const squares = weights.reduce((a, w) => a + w * w, 0);
  const effective = count === 0 ? 1 : (count * count) / squares;
  const factor = look.width * Math.exp(-Math.log(effective) / 5);
  const widths = Float64Array.from(
    axes,
    (axis, column) => factor * spread(axis, column, axes.length, kernels, weights),
  );
  return new Mixture(axes, kernels, weights, { prior: goodPrior, widths, smear: look.smear });
}

/** Returns the bad density, with Optuna's bandwidths: 0.2 n^(-1/(d+4)), at least 1 / min(100, n + 1). */
export function badDensity(axes: readonly Axis[], kernels: Kernels, { badPrior }: Settings): Mixture {
  const { count } = kernels;
  const width = Math.max(
    0.2 * Math.exp(-Math.log(Math.max(count, 1)) / (axes.length + 4)),
    1 / Math.min(100, count + 1),
  );
  const widths = new Float64Array(axes.length).fill(width);
  return new Mixture(axes, kernels, new Float64Array(count).fill(1), { prior: badPrior, widths, smear: 1 });
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
  const at = (k: number) => {
    const cell = cells[k * width + column] as number;
    return centers ? (centers[cell] as number) : cell;
  };
  let mean = 0.5;
  for (let k = 0; k < count; k++) mean += (weights[k] as number) * at(k);
  mean /= count + 1;
  let square = 1 / 12 + (mean - 0.5) * (mean - 0.5);
  for (let k = 0; k < count; k++) square += (weights[k] as number) * (at(k) - mean) * (at(k) - mean);
  return Math.max(LEAST_WIDTH, Math.sqrt(square / (count + 1)));
}
