import type { Encoding } from './encoding.js';
import { type Data, estimate, type Theta } from './fit.js';
import type { History } from './history.js';
import { logH } from './log-ei.js';
import { Posterior } from './posterior.js';
import { distances, warp } from './warp.js';

/** What a proposal is chosen by: the logarithm of the expected improvement, times the chance of being feasible. */
export type Acquisition = {
  value(row: Float64Array): number;
  /** The value, with its derivatives by the number columns written to `gradient`. */
  differentiate(row: Float64Array, gradient: Float64Array): number;
};
export type Model = { readonly acquisition: Acquisition; readonly theta: Theta; readonly z: Float64Array };

/** Fits the model to a history of at least one observation. */
export function buildModel(encoding: Encoding, history: History, remembered: Theta | null): Model {
  const { observed } = history;
  const data = pack(
    encoding,
    observed.map(({ row }) => row),
    {
      u: distances(observed.map(({ value }) => value)),
      noiseShare: Float64Array.from(observed, ({ n }) => 1 / n),
    },
  );
  const theta = estimate(data, remembered);
  const { z } = warp(data.u, Math.exp(theta[data.axes + 2] as number));
  const noise = Math.exp(theta[data.axes + 1] as number);
  const noises = data.noiseShare.map((share) => share * noise);
  let posterior = new Posterior(theta, data, z, noises);
  // The best noiseless value at what was tried: a lucky draw of the noise is no result to beat.
  let best = Number.POSITIVE_INFINITY;
  for (const { row } of observed) best = Math.min(best, posterior.predict(row).mean);
  const others = [...history.running, ...history.failed];
  if (others.length > 0) {
    // Kriging believer (Ginsbourger et al. 2010): what still runs is taken to bring what is expected, so that it
    // brings no surprise. Failures are taken to be no better than the middle.
    const middle = [...z].sort((a, b) => a - b)[Math.floor(z.length / 2)] as number;
    const beliefs = others.map((row, k) => {
      const { mean } = posterior.predict(row);
      return k < history.running.length ? mean : Math.max(mean, middle);
    });
    const all = pack(encoding, [...observed.map(({ row }) => row), ...others], data);
    posterior = new Posterior(
      theta,
      all,
      Float64Array.from([...z, ...beliefs]),
      Float64Array.from([...noises, ...others.map(() => noise)]),
    );
  }
  return { acquisition: logEi(posterior, best, encoding.numbers), theta, z };
}

function pack(encoding: Encoding, rows: readonly Float64Array[], more: Pick<Data, 'u' | 'noiseShare'>): Data {
  const { columns, numbers, axisOf } = encoding;
  const flat = new Float64Array(rows.length * columns);
  rows.forEach((row, i) => {
    flat.set(row, i * columns);
  });
  return { rows: flat, n: rows.length, columns, numbers, axisOf, axes: encoding.axes.length, ...more };
}

function logEi(posterior: Posterior, best: number, numbers: number): Acquisition {
  const byMean = new Float64Array(numbers);
  const byDeviation = new Float64Array(numbers);
  return {
    value(row) {
      const { mean, deviation } = posterior.predict(row);
      return Math.log(deviation) + logH((best - mean) / deviation).log;
    },
    differentiate(row, gradient) {
      const { mean, deviation } = posterior.differentiate(row, byMean, byDeviation);
      const z = (best - mean) / deviation;
      const { log, slope } = logH(z);
      for (let c = 0; c < numbers; c++) {
        gradient[c] =
          (-slope * (byMean[c] as number)) / deviation +
          ((1 - slope * z) * (byDeviation[c] as number)) / deviation;
      }
      return Math.log(deviation) + log;
    },
  };
}
