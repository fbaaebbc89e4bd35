import type { Rng } from '../../../core/rng.js';
import { agreementOf, rankedPlaces } from '../../transfer/agreement.js';

/** Samples of the observations, with replacement. */
const SAMPLES = 200;
/** One in five studies that have nothing to do with this one agree with it so well; the comparison with its own model finds most of them. */
const AGREEMENT = 0.84;
/** A study whose median loss is above this quantile of the own model's does not count. */
const DROPPED_ABOVE = 0.5;

/**
 * Returns how much each earlier study counts beside the study's own model, from 0 to 1, by how well it ranks the study's
 * observations: the share of bootstrap samples in which it ranks them best (Feurer, Letham and Bakshy, Scalable meta-learning for Bayesian
 * optimization using ranking-weighted Gaussian process ensembles, 2018). `z`: the values, the best lowest. `own`: what the model expects of each from the others.
 */
export function rankingWeights(
  z: Float64Array,
  predictions: readonly Float64Array[],
  own: Float64Array,
  rng: Rng,
): number[] {
  const kept = rankedPlaces(z);
  const pick = (values: Float64Array) => Float64Array.from(kept, (at) => values[at] as number);
  const values = pick(z);
  const usable = predictions.map((each) => agreementOf(values, pick(each), AGREEMENT) > 0);
  if (!usable.includes(true)) return predictions.map(() => 0);
  const errors = predictions.map((each) => misranked(values, pick(each)));
  const ownErrors = misrankedFromOthers(values, pick(own));
  const n = values.length;
  const losses = predictions.map(() => new Float64Array(SAMPLES));
  const ownLosses = new Float64Array(SAMPLES);
  const counts = new Float64Array(n);
  for (let s = 0; s < SAMPLES; s++) {
    counts.fill(0);
    for (let k = 0; k < n; k++) {
      const at = rng.int(n);
      counts[at] = (counts[at] as number) + 1;
    }
    ownLosses[s] = lossOf(ownErrors, counts);
    errors.forEach((each, i) => {
      (losses[i] as Float64Array)[s] = usable[i] ? lossOf(each, counts) : Number.POSITIVE_INFINITY;
    });
  }
  const limit = quantile(ownLosses, DROPPED_ABOVE);
  const isKept = losses.map((each, i) => usable[i] === true && quantile(each, 0.5) <= limit);
  const wins = losses.map(() => 0);
  for (let s = 0; s < SAMPLES; s++) {
    const rivals = losses.map((each, i) => (isKept[i] ? (each[s] as number) : Number.POSITIVE_INFINITY));
    const least = rivals.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
    // The study itself wins a tie.
    if (!(least < (ownLosses[s] as number))) continue;
    const best = rivals.flatMap((loss, i) => (loss === least ? [i] : []));
    for (const i of best) wins[i] = (wins[i] as number) + 1 / best.length;
  }
  return wins.map((count) => count / SAMPLES);
}

/** Returns 1 for each pair, a row each, that the prediction orders otherwise than the values. */
function misranked(z: Float64Array, prediction: Float64Array): Uint8Array {
  return pairs(z, (i, j) => (prediction[i] as number) < (prediction[j] as number));
}

/** The same where each prediction comes from a model without its observation: it is compared with the other's value. */
function misrankedFromOthers(z: Float64Array, prediction: Float64Array): Uint8Array {
  return pairs(z, (i, j) => (prediction[i] as number) < (z[j] as number));
}

function pairs(z: Float64Array, isBelow: (i: number, j: number) => boolean): Uint8Array {
  const n = z.length;
  const wrong = new Uint8Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) {
      const [a, b] = [z[i] as number, z[j] as number];
      if (a !== b && isBelow(i, j) !== a < b) wrong[i * n + j] = 1;
    }
  return wrong;
}

function lossOf(wrong: Uint8Array, counts: Float64Array): number {
  const n = counts.length;
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const count = counts[i] as number;
    if (count === 0) continue;
    let own = 0;
    for (let j = 0; j < n; j++) own += (wrong[i * n + j] as number) * (counts[j] as number);
    sum += count * own;
  }
  return sum;
}

function quantile(values: Float64Array, share: number): number {
  const sorted = values.slice().sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] as number;
}
