import type { Axis } from './axis.js';
import type { History } from './history.js';
import type { Layout } from './layout.js';
import { type Component, type Kernels, Mixture } from './mixture.js';
import type { BandwidthSettings, Settings } from './settings.js';

const LEAST_WIDTH = 0.003;

export type GoodSettings = {
  readonly settings: Settings;
  readonly look: BandwidthSettings;
  readonly belief: Component | null;
};

/** A density of one group that is filled for each proposal, with the arrays that it is filled from. */
export class Density {
  readonly mixture: Mixture;
  readonly widths: Float64Array;
  #weights = new Float64Array(0);
  /** Of kernels that have the same width on all axes, by row; NaN: not known. */
  #masses = new Float64Array(0);
  #massWidth = Number.NaN;
  #massEpoch = -1;

  constructor(layout: Layout) {
    this.mixture = new Mixture(layout);
    this.widths = new Float64Array(layout.width);
  }

  /** Returns what is known of kernels of this width, by row. */
  massesFor({ tiers, epoch }: History, width: number): Float64Array {
    if (this.#masses.length !== tiers.length) {
      const grown = new Float64Array(tiers.length).fill(Number.NaN);
      if (tiers.length > this.#masses.length) grown.set(this.#masses);
      this.#masses = grown;
    }
    if (width !== this.#massWidth || epoch !== this.#massEpoch) this.#masses.fill(Number.NaN);
    this.#massWidth = width;
    this.#massEpoch = epoch;
    return this.#masses;
  }

  /** An array for at least so many weights; what it holds is old. */
  weightsFor(count: number): Float64Array {
    if (this.#weights.length < count) this.#weights = new Float64Array(Math.max(32, 2 * count));
    return this.#weights;
  }
}

/**
 * Fills the good density. The better an observation ranks the more it weighs, as in CMA-ES (Hansen, arXiv 1604.00772):
 * weights by rank do not change under a monotone change of the objective. Bandwidths follow Scott's rule on each axis
 * separately, from the weighted spread of the good observations, with the uniform distribution as one more observation:
 * where the good ones agree the search narrows. It exploits more than Optuna does. What the user expects is one more component.
 */
export function fillGood(
  density: Density,
  layout: Layout,
  kernels: Kernels,
  { settings: { goodPrior }, look, belief }: GoodSettings,
): Mixture {
  const { count } = kernels;
  const { width } = layout;
  const weights = density.weightsFor(count);
  let sum = 0;
  for (let rank = 0; rank < count; rank++) {
    const weight = Math.log((count + 0.5) / (rank + 1));
    weights[rank] = weight;
    sum += weight;
  }
  let squares = 0;
  for (let k = 0; k < count; k++) {
    const weight = ((weights[k] as number) * count) / sum;
    weights[k] = weight;
    squares += weight * weight;
  }
  const effective = count === 0 ? 1 : (count * count) / squares;
  const factor = look.width * Math.exp(-Math.log(effective) / 5);
  const { mixture, widths } = density;
  for (let column = 0; column < width; column++)
    widths[column] = factor * spread(layout.axes[column] as Axis, column, width, kernels, weights);
  mixture.fill(kernels, weights, { prior: goodPrior, widths, smear: look.smear, belief, masses: null });
  return mixture;
}

/** Fills the bad density, with Optuna's bandwidths: 0.2 n^(-1/(d+4)), at least 1 / min(100, n + 1). */
export function fillBad(
  density: Density,
  layout: Layout,
  kernels: Kernels,
  history: History,
  { badPrior }: Settings,
): Mixture {
  const { count } = kernels;
  const width = Math.max(
    0.2 * Math.exp(-Math.log(Math.max(count, 1)) / (layout.width + 4)),
    1 / Math.min(100, count + 1),
  );
  const { mixture } = density;
  const widths = density.widths.fill(width);
  const weights = density.weightsFor(count).fill(1, 0, count);
  const masses = density.massesFor(history, width);
  mixture.fill(kernels, weights, { prior: badPrior, widths, smear: 1, belief: null, masses });
  return mixture;
}

/** Returns the standard deviation of the observations on an axis together with one uniform observation. */
function spread(
  axis: Axis,
  column: number,
  width: number,
  { cells, count }: Kernels,
  weights: Float64Array,
): number {
  const centers = axis.kind === 'level' ? (axis.scale?.centers ?? null) : null;
  if (axis.kind === 'level' && centers === null) return 1;
  let mean = 0.5;
  for (let k = 0; k < count; k++) {
    const cell = cells[k * width + column] as number;
    mean += (weights[k] as number) * (centers === null ? cell : (centers[cell] as number));
  }
  mean /= count + 1;
  let square = 1 / 12 + (mean - 0.5) * (mean - 0.5);
  for (let k = 0; k < count; k++) {
    const cell = cells[k * width + column] as number;
    const distance = (centers === null ? cell : (centers[cell] as number)) - mean;
    square += (weights[k] as number) * distance * distance;
  }
  return Math.max(LEAST_WIDTH, Math.sqrt(square / (count + 1)));
}
