import type { Encoding } from '../../core/encoding/encoding.js';
import { isFeasible } from '../../core/metric-constraints.js';
import { type Acquisition, type AcquisitionTarget, makeAcquisition } from './acquisition.js';
import { estimate } from './fit.js';
import type { History, Observation } from './history.js';
import type { Data } from './log-posterior.js';
import { Posterior } from './posterior.js';
import type { Beliefs, Theta } from './priors.js';
import { distances, type Warped, warp } from './warp.js';

export type Model = {
  readonly acquisition: Acquisition;
  readonly theta: Theta;
  /** The two factors of the acquisition: the first is null until something is feasible, the second is a logarithm. */
  readonly wish: AcquisitionTarget | null;
  readonly feasibility: Acquisition;
  readonly scale: Scale;
  /** How much each earlier study counts; null without any. */
  readonly transferred: readonly number[] | null;
};

/** How the model's scale relates to that of the objective. */
export type Scale = {
  readonly warped: Warped;
  /** The length of a distance of 1 in the objective's own units; Infinity when all values are equal. */
  readonly unit: number;
  /** Variance of one trial's noise on the model's scale. */
  readonly noise: number;
};

/** What earlier studies change: how much each of them counts, and what a proposal must beat (null: as without them). */
export type Guided = { readonly weights: readonly number[]; readonly wish: AcquisitionTarget | null };
/** `tried`: the observations that a proposal must beat. */
export type Guide = (fitted: Fitted, tried: readonly Observation[]) => Guided | null;

/** Returns the model fitted to a history of at least one observation. `guide`: from earlier studies; null without any. */
export function buildModel(
  encoding: Encoding,
  history: History,
  remembered: Theta | null,
  guide: Guide | null = null,
): Model {
  const { observed } = history;
  const values = observed.map(({ value }) => value);
  const fitted = fitObjective(encoding, observed, remembered, { known: history.known });
  const constraints = [...constraintWishes(encoding, observed), ...survivalWish(encoding, history)];
  const feasible = observed.map(({ constraints: by }) => isFeasible(by));
  const complete = observed.map((each, i) => each.complete && (feasible[i] as boolean));
  const counted = complete.includes(true) ? complete : feasible;
  // The best noiseless value among the tried configurations: a lucky draw of the noise is no result to beat.
  const best = fitted.posterior.own.reduce(
    (least, mean, i) => (counted[i] ? Math.min(least, mean) : least),
    Number.POSITIVE_INFINITY,
  );
  const tried = observed.filter((_, i) => counted[i]);
  const guided = guide?.(fitted, tried) ?? null;
  const wish =
    best === Number.POSITIVE_INFINITY ? null : (guided?.wish ?? believing(encoding, history, fitted, best));
  return {
    acquisition: makeAcquisition(wish && leaving(wish, tried), constraints, encoding.numbers),
    theta: fitted.theta,
    wish,
    feasibility: makeAcquisition(null, constraints, encoding.numbers),
    scale: {
      warped: fitted.warped,
      unit: distances(values).unit,
      noise: Math.exp(fitted.theta.at(-2) as number),
    },
    transferred: guided?.weights ?? null,
  };
}

/** More results than this that are exactly the best one show a plateau. */
const MOST_EQUAL = 3;
/** What each further one adds to the improvement that is looked for, on the model's scale, and how large that becomes. */
const PLATEAU = { step: 0.1, most: 2 };

/**
 * Returns the target beyond a plateau: the more results are exactly the best one, the more a point must promise. Around a plateau the
 * mean is low, so any uncertainty there would look better than anything elsewhere. Two proposals of four: a plateau may
 * as well be the rounded rim of a better one inside it.
 */
function leaving(wish: AcquisitionTarget, tried: readonly Observation[]): AcquisitionTarget {
  if (tried.length % 4 < 2) return wish;
  const best = tried.reduce((least, { value }) => Math.min(least, value), Number.POSITIVE_INFINITY);
  const more = tried.filter(({ value }) => value === best).length - MOST_EQUAL;
  return more <= 0 ? wish : { ...wish, limit: wish.limit - Math.min(PLATEAU.most, more * PLATEAU.step) };
}

/** Returns the model of the values of one objective. */
export function fitObjective(
  encoding: Encoding,
  observed: readonly Observation[],
  remembered: Theta | null,
  beliefs: Beliefs & { readonly known: number },
): Fitted {
  const values = observed.map(({ value }) => value);
  const bend = Math.exp(remembered?.at(-1) ?? 0);
  return fitValues(encoding, observed, values, remembered, {
    ...beliefs,
    noise: repeatNoise(observed, values, bend),
  });
}

type Known = Pick<Observation, 'row' | 'n'> & Partial<Pick<Observation, 'error'>>;
export type Fitted = {
  readonly data: Data;
  readonly theta: Theta;
  readonly warped: Warped;
  readonly noises: Float64Array;
  readonly posterior: Posterior;
};

function fitValues(
  encoding: Encoding,
  known: readonly Known[],
  values: readonly number[],
  remembered: Theta | null,
  beliefs: Beliefs & { readonly known: number },
): Fitted {
  const data = pack(
    encoding,
    known.map(({ row }) => row),
    {
      u: distances(values).u,
      noiseShare: Float64Array.from(known, ({ n }) => 1 / n),
      error: errorsOf(known, values, Math.exp(remembered?.at(-1) ?? 0)),
    },
  );
  const theta = estimate(data, remembered, beliefs);
  const warped = warp(data.u, Math.exp(theta.at(-1) as number));
  const noise = Math.exp(theta.at(-2) as number);
  const noises = data.noiseShare.map((share, i) => share * noise + (data.error[i] as number));
  return { data, theta, warped, noises, posterior: new Posterior(theta, data, warped.z, noises) };
}

/**
 * Kriging believer (Ginsbourger et al. 2010): a running configuration is assumed to reach its expected value. So a
 * proposal must beat it as well, and its neighborhood holds no uncertainty.
 */
export function believing(
  encoding: Encoding,
  { running, observed }: Pick<History, 'running' | 'observed'>,
  fitted: Fitted,
  best: number,
): AcquisitionTarget & { readonly posterior: Posterior } {
  if (running.length === 0) return { posterior: fitted.posterior, limit: best };
  const believed = running.map((row) => fitted.posterior.mean(row));
  const rows = [...observed.map(({ row }) => row), ...running];
  const noise = Math.exp(fitted.theta.at(-2) as number);
  const posterior = new Posterior(
    fitted.theta,
    pack(encoding, rows, fitted.data),
    Float64Array.from([...fitted.warped.z, ...believed]),
    Float64Array.from([...fitted.noises, ...running.map(() => noise)]),
  );
  return { posterior, limit: believed.reduce((a, b) => Math.min(a, b), best) };
}

/** Models where configurations fail, as failed (1) or not (-1). It takes random failures for noise. */
export function survivalWish(
  encoding: Encoding,
  { observed, failed }: Pick<History, 'observed' | 'failed'>,
): AcquisitionTarget[] {
  if (failed.length === 0) return [];
  const all = [...observed, ...failed.map((row) => ({ row, n: 1 }))];
  const values = all.map((_, i) => (i < observed.length ? -1 : 1));
  return [{ ...wishBelow(encoding, all, values), firm: true }];
}

/** Returns a model for each metric constraint, from the observations that have a value for it: a trial may be pruned before it reports one. */
export function constraintWishes(encoding: Encoding, observed: readonly Observation[]): AcquisitionTarget[] {
  const count = observed.reduce((most, { constraints }) => Math.max(most, constraints.length), 0);
  return Array.from({ length: count }, (_, k) => {
    const known = observed.filter(({ constraints }) => constraints.length > k);
    return wishBelow(
      encoding,
      known,
      known.map(({ constraints }) => clip(constraints[k] as number)),
    );
  });
}

/** Returns the target for metrics that are modeled without a warp: it asks for a value of at most 0. */
function wishBelow(
  encoding: Encoding,
  known: readonly Known[],
  values: readonly number[],
): AcquisitionTarget {
  const { posterior, warped } = fitValues(encoding, known, values, null, {
    straight: true,
    known: known.length,
  });
  const { best, unit } = distances(values);
  // Equal values show their side of the limit, but no distance.
  const limit = Number.isFinite(unit) ? warped.at(-best / unit) : best <= 0 ? 3 : -3;
  return { posterior, limit };
}

/** Returns the variances of the errors of forecasts on the model's scale, by its slope at each value. */
function errorsOf(known: readonly Known[], values: readonly number[], bend: number): Float64Array {
  const { u, unit } = distances(values);
  const { at } = warp(u, bend);
  return Float64Array.from(known, ({ error }, i) => {
    if (error === undefined || !(error > 0) || !Number.isFinite(unit)) return 0;
    const here = u[i] as number;
    const half = (at(here + error / unit) - at(here - error / unit)) / 2;
    return half * half;
  });
}

/** A NaN counts as a violation. */
const clip = (value: number) => (Number.isNaN(value) ? 1e9 : Math.min(1e9, Math.max(-1e9, value)));

/**
 * Returns a prior belief about the logarithm of the noise variance, from the scatter of repeats: the pooled variance on
 * the model's scale, by the warp's slope at each mean. Its deviation is that of a variance with as many degrees of freedom.
 */
function repeatNoise(
  observed: readonly Observation[],
  values: readonly number[],
  bend: number,
): Beliefs['noise'] {
  const { u, unit } = distances(values);
  const { at } = warp(u, bend);
  let squares = 0;
  let freedom = 0;
  observed.forEach(({ n, std }, i) => {
    if (std === null || !Number.isFinite(std) || n < 2 || !Number.isFinite(unit)) return;
    const here = u[i] as number;
    const scatter = at(here + std / unit) - at(here);
    squares += (n - 1) * scatter * scatter;
    freedom += n - 1;
  });
  if (freedom === 0) return undefined;
  const variance = Math.min(1, Math.max(1e-6, squares / freedom));
  return { mean: Math.log(variance), deviation: 0.1 + Math.sqrt(2 / freedom) };
}

export function pack(
  encoding: Encoding,
  rows: readonly Float64Array[],
  more: Pick<Data, 'u' | 'noiseShare' | 'error'>,
): Data {
  const { columns, numbers, axisOf } = encoding;
  const flat = new Float64Array(rows.length * columns);
  rows.forEach((row, i) => {
    flat.set(row, i * columns);
  });
  return { rows: flat, n: rows.length, columns, numbers, axisOf, axes: encoding.axes.length, ...more };
}
