import type { Params, ParamValue } from '../../core/distribution.js';
import type { Rng } from '../../core/rng.js';
import type { Dimension, NumericDimension } from './dimension.js';
import { normalMass } from './normal.js';

/** A mixture density over a group of parameters, with one component per observation and a prior. */
export type Parzen = {
  draw(rng: Rng): Params;
  logDensity(point: Params): number;
};

type Kernel = { readonly mean: number; readonly sigma: number; readonly logNorm: number };
const LOG_ROOT_2PI = 0.5 * Math.log(2 * Math.PI);

/**
 * The multivariate estimator of Falkner et al. (BOHB, ICML 2018) with the bandwidths that Optuna uses: product kernels
 * of truncated normals, sigma = 0.2 n^(-1/(d+4)) of the range but not below range / min(100, n + 1), and a prior
 * component as wide as the range. Observations are in order of age, the oldest first; beyond 25 old ones fade.
 */
export function makeParzen(
  dimensions: ReadonlyMap<string, Dimension>,
  observations: readonly Params[],
): Parzen {
  const n = observations.length;
  const weights = [...fadingWeights(n), 1];
  const total = weights.reduce((a, b) => a + b, 0);
  const logWeights = weights.map((w) => Math.log(w / total));
  const marginals = [...dimensions].map(([name, dimension]) =>
    dimension.kind === 'numeric'
      ? numericMarginal(name, dimension, observations, dimensions.size)
      : choiceMarginal(name, dimension.choices, observations),
  );
  return {
    draw(rng) {
      const k = pick(weights, total, rng);
      return Object.fromEntries(marginals.map((m) => [m.name, m.draw(k, rng)]));
    },
    logDensity(point) {
      const logs = logWeights.slice();
      for (const m of marginals) m.addLogDensities(point[m.name] as ParamValue, logs);
      const top = logs.reduce((a, b) => Math.max(a, b));
      return top + Math.log(logs.reduce((sum, v) => sum + Math.exp(v - top), 0));
    },
  };
}

/** All ones up to 25; beyond, the older ones rise linearly from 1/n to 1 and the newest 25 stay at 1 (as in Hyperopt). */
function fadingWeights(n: number): number[] {
  const old = Math.max(0, n - 25);
  return Array.from({ length: n }, (_, k) =>
    k >= old ? 1 : 1 / n + (1 - 1 / n) * (old === 1 ? 0 : k / (old - 1)),
  );
}

function pick(weights: readonly number[], total: number, rng: Rng): number {
  let left = rng.float() * total;
  for (let k = 0; k < weights.length; k++) {
    left -= weights[k] as number;
    if (left < 0) return k;
  }
  return weights.length - 1;
}

type Marginal = {
  readonly name: string;
  draw(component: number, rng: Rng): ParamValue;
  /** Adds each component's log density (log mass of the cell, for a discrete parameter) at the value. */
  addLogDensities(value: ParamValue, logs: number[]): void;
};

function numericMarginal(
  name: string,
  d: NumericDimension,
  observations: readonly Params[],
  size: number,
): Marginal {
  const range = d.high - d.low;
  const n = observations.length;
  const sigma = Math.max(
    0.2 * Math.exp(-Math.log(Math.max(n, 1)) / (size + 4)) * range,
    range / Math.min(100, n + 1),
  );
  const kernel = (mean: number, width: number): Kernel => ({
    mean,
    sigma: width,
    logNorm: Math.log(normalMass((d.low - mean) / width, (d.high - mean) / width)),
  });
  // A range of one value has no width; its density is the same everywhere.
  if (!(range > 0)) return { name, draw: () => d.decode(d.low), addLogDensities: () => {} };
  const kernels = observations.map((params) => kernel(d.encode(params[name] as ParamValue), sigma));
  kernels.push(kernel((d.low + d.high) / 2, range));
  return {
    name,
    draw(component, rng) {
      const { mean, sigma: width } = kernels[component] as Kernel;
      for (;;) {
        // The mean lies inside, so a draw is kept with a probability of at least a third.
        const x = mean + width * rng.normal();
        if (x >= d.low && x <= d.high) return d.decode(x);
      }
    },
    addLogDensities(value, logs) {
      const x = d.encode(value);
      const cell = d.cell?.(value);
      for (let k = 0; k < kernels.length; k++) {
        const { mean, sigma: width, logNorm } = kernels[k] as Kernel;
        const z = (x - mean) / width;
        const log = cell
          ? Math.log(
              Math.max(normalMass((cell[0] - mean) / width, (cell[1] - mean) / width), Number.MIN_VALUE),
            )
          : -0.5 * z * z - LOG_ROOT_2PI - Math.log(width);
        logs[k] = (logs[k] as number) + log - logNorm;
      }
    },
  };
}

/** Each component puts 1 on its own choice and a prior weight, shared among all components, on every choice. */
function choiceMarginal(
  name: string,
  choices: readonly ParamValue[],
  observations: readonly Params[],
): Marginal {
  const prior = 1 / (observations.length + 1);
  const own = observations.map((params) => choices.indexOf(params[name] as ParamValue));
  const spread = 1 + choices.length * prior;
  return {
    name,
    draw(component, rng) {
      const mine = own[component];
      const stays = mine !== undefined && rng.float() * spread < 1;
      return choices[stays ? mine : rng.int(choices.length)] as ParamValue;
    },
    addLogDensities(value, logs) {
      const at = choices.indexOf(value);
      for (let k = 0; k < logs.length; k++) {
        const mass = k < own.length ? ((own[k] === at ? 1 : 0) + prior) / spread : 1 / choices.length;
        logs[k] = (logs[k] as number) + Math.log(mass);
      }
    },
  };
}
