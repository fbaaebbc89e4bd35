import type { Encoding } from '../../../core/encoding/encoding.js';
import type { AcquisitionTarget } from '../acquisition.js';
import type { History, Observation } from '../history.js';
import { type Fitted, pack } from '../model.js';
import { Posterior, type Predictor } from '../posterior.js';
import type { Expectation } from './expectation.js';

type Where = { readonly expectation: Expectation; readonly tried: readonly Observation[] };

/**
 * Returns what a proposal must beat where earlier studies say something: a Gaussian process whose mean, before any observation, is what
 * they expect. Its observations are how far each result is from that. Null where none of them counts, or nothing was tried.
 */
export function guidedWish(
  encoding: Encoding,
  { running, observed }: Pick<History, 'running' | 'observed'>,
  fitted: Fitted,
  { expectation: guide, tried }: Where,
): AcquisitionTarget | null {
  if (!guide.counts || tried.length === 0) return null;
  const theta = fitted.theta.slice();
  // The variance and that of the trend.
  for (const at of [fitted.data.axes, fitted.data.axes + 1])
    theta[at] = (theta[at] as number) + Math.log(guide.unexplained);
  const rows = observed.map(({ row }) => row);
  const offsets = rows.map((row, k) => (fitted.warped.z[k] as number) - guide.value(row));
  const model = new GuidedPosterior(
    guide,
    new Posterior(theta, fitted.data, Float64Array.from(offsets), fitted.noises),
    encoding.numbers,
  );
  const best = tried.reduce((least, { row }) => Math.min(least, model.mean(row)), Number.POSITIVE_INFINITY);
  if (running.length === 0) return { posterior: model, limit: best };
  const believed = running.map((row) => model.mean(row));
  const noise = Math.exp(fitted.theta.at(-2) as number);
  const posterior = new Posterior(
    theta,
    pack(encoding, [...rows, ...running], fitted.data),
    Float64Array.from([...offsets, ...running.map((row, k) => (believed[k] as number) - guide.value(row))]),
    Float64Array.from([...fitted.noises, ...running.map(() => noise)]),
  );
  return {
    posterior: new GuidedPosterior(guide, posterior, encoding.numbers),
    limit: believed.reduce((a, b) => Math.min(a, b), best),
  };
}

/** The sum of what earlier studies expect and a Gaussian process of how far this one is from it. */
class GuidedPosterior implements Predictor {
  readonly #guide: Expectation;
  readonly #offset: Posterior;
  readonly #byGuide: Float64Array;

  constructor(guide: Expectation, offset: Posterior, numbers: number) {
    this.#guide = guide;
    this.#offset = offset;
    this.#byGuide = new Float64Array(numbers);
  }

  mean(row: Float64Array): number {
    return this.#guide.value(row) + this.#offset.mean(row);
  }

  predict(row: Float64Array) {
    const { mean, deviation } = this.#offset.predict(row);
    return { mean: mean + this.#guide.value(row), deviation };
  }

  predictUnless(row: Float64Array, isHopeless: (mean: number, deviation: number) => boolean) {
    const expected = this.#guide.value(row);
    const found = this.#offset.predictUnless(row, (mean, deviation) =>
      isHopeless(mean + expected, deviation),
    );
    return found && { mean: found.mean + expected, deviation: found.deviation };
  }

  differentiate(row: Float64Array, byMean: Float64Array, byDeviation: Float64Array) {
    const { mean, deviation } = this.#offset.differentiate(row, byMean, byDeviation);
    this.#byGuide.fill(0);
    const expected = this.#guide.differentiate(row, this.#byGuide);
    for (let c = 0; c < this.#byGuide.length; c++)
      byMean[c] = (byMean[c] as number) + (this.#byGuide[c] as number);
    return { mean: mean + expected, deviation };
  }
}
