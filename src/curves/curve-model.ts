import type { Params } from '../core/distribution.js';
import { type Encoding, encodingOf } from '../core/encoding/encoding.js';
import type { Space } from '../core/space.js';
import type { StudyView } from '../core/study-view.js';
import { fitConfigKernel } from './config-kernel.js';
import { evidenceOf, type Factors, factorsOf, measurementsOf } from './factors.js';
import { finalAlone, finalMeasured, finalsOf, type Trial } from './final-estimates.js';
import { type FactorPosterior, JointPosterior } from './joint-posterior.js';
import { readCurves } from './learning-curves.js';
import { type LossScale, makeLossScale } from './loss-scale.js';
import { makeStepGrid, pointsOf, type StepGrid, weightsAt } from './step-grid.js';
import { fitSteps, type StepModel } from './step-model.js';
import { withTwins } from './twins.js';

/** What a trial's objective will be at the full budget. */
export type Forecast = {
  /** The median, in the objective's own units. */
  readonly value: number;
  /** The objective one standard deviation better and worse. */
  readonly better: number;
  readonly worse: number;
  /** Mean and standard deviation on the model's scale, where lower is better; a complete trial, and the twin of one, has a deviation of 0. */
  readonly mean: number;
  readonly deviation: number;
};

export type CurveModel = {
  /** Steps of a full trial. */
  readonly maxSteps: number;
  /** Factor of all variances that few complete trials leave; it is the same error for all trials. */
  readonly doubt: number;
  /** Trials with a forecast, ascending. */
  readonly trials: readonly number[];
  /** Returns the forecast of a trial; null for one without any report or result. */
  forecast(trial: number): Forecast | null;
  /** Returns the forecast of a new trial of a configuration. */
  forecastAt(params: Params): Forecast;
  /** Returns the covariance of two trials' objectives on the model's scale. */
  covariance(trial: number, other: number): number;
  /** Returns the place of an objective value on the model's scale. */
  place(value: number): number;
  /** Returns the share of the variance between curves at the full budget that is left once a curve is known up to a step. */
  unexplained(step: number): number;
};

/** With this over the number of complete trials, four of five forecasts come within 1.28 deviations, with few and with many. */
const DOUBT = 8;
/** The joint posterior has at most this many trials, and this many rows. */
const MOST_TRIALS = 160;
const MOST_ROWS = 280;

/** Returns a model of the learning curves of a study; null before the first report. Pure: the same view gives the same model. */
export function fitCurves(view: StudyView, space: Space): CurveModel | null {
  const { curves: read, lastStep } = readCurves(view);
  const curves = withTwins(read);
  if (curves.length === 0) return null;
  const sign = view.directions[0] === 'maximize' ? -1 : 1;
  const encoding = encodingOf(space);
  const scale = makeLossScale(curves);
  const grid = makeStepGrid(curves, lastStep);
  const points = curves.map((curve) => pointsOf(grid, curve, scale.at));
  const steps = fitSteps(grid, points);
  const factors = factorsOf(steps);
  const trials = curves.map((curve, i): Trial => {
    const evidence = evidenceOf(points[i] ?? [], steps, factors);
    const config = view.configs[curve.config];
    return {
      curve,
      row: config ? encoding.row(config.params) : null,
      evidence,
      alone: finalAlone(evidence),
    };
  });
  return new Forecasts({ sign, encoding, scale, grid, steps, factors, trials, maxSteps: lastStep });
}

type Parts = {
  readonly sign: number;
  readonly encoding: Encoding;
  readonly scale: LossScale;
  readonly grid: StepGrid;
  readonly steps: StepModel;
  readonly factors: Factors;
  readonly trials: readonly Trial[];
  readonly maxSteps: number;
};

class Forecasts implements CurveModel {
  readonly maxSteps: number;
  readonly trials: readonly number[];
  readonly #parts: Parts;
  readonly #posterior: JointPosterior;
  /** Trial -> its place in `parts.trials`, and in the posterior. */
  readonly #indices: ReadonlyMap<number, number>;
  readonly #places: ReadonlyMap<number, number>;
  /** Factor of the variances: few complete trials leave the model itself in doubt. */
  readonly doubt: number;
  readonly #known = new Map<number, FactorPosterior>();

  constructor(parts: Parts) {
    this.#parts = parts;
    this.maxSteps = parts.maxSteps;
    this.trials = parts.trials.map(({ curve }) => curve.trial);
    const complete = parts.trials.filter(({ curve }) => curve.final !== null).length;
    this.doubt = 1 + DOUBT / (complete + 1);
    this.#indices = new Map(this.trials.map((trial, i) => [trial, i]));
    const { encoding, factors } = parts;
    const order = parts.trials.toSorted((a, b) => a.alone.mean - b.alone.mean);
    const chosen = new Set(
      [...order.slice(0, MOST_TRIALS / 2), ...parts.trials.toReversed()].slice(0, MOST_TRIALS),
    );
    const used = parts.trials.filter((trial) => chosen.has(trial));
    const kernel = fitConfigKernel(encoding, finalsOf(used));
    let rows = used.length;
    const whole = new Set<Trial>();
    for (const trial of order) {
      if (!chosen.has(trial)) continue;
      rows += Math.min(factors.count, trial.curve.steps.length) - 1;
      if (rows <= MOST_ROWS) whole.add(trial);
    }
    const measured = used.map((trial) => ({
      row: trial.row,
      measurements: whole.has(trial) ? measurementsOf(trial.evidence) : finalMeasured(trial, factors.count),
    }));
    this.#posterior = new JointPosterior(encoding, kernel, measured, factors.count);
    this.#places = new Map(used.map(({ curve }, i) => [curve.trial, i]));
  }

  forecast(trial: number): Forecast | null {
    const own = this.#parts.trials[this.#indices.get(trial) ?? -1];
    if (!own) return null;
    const { sign, scale } = this.#parts;
    const { final } = own.curve;
    if (final !== null) {
      const value = sign * final;
      return { value, better: value, worse: value, mean: scale.at(final), deviation: 0 };
    }
    return this.#forecastOf(this.#final(trial));
  }

  forecastAt(params: Params): Forecast {
    return this.#forecastOf(this.#posterior.ofRow(this.#parts.encoding.row(params)));
  }

  covariance(trial: number, other: number): number {
    const [a, b] = [this.#final(trial), this.#final(other)];
    const spread = this.#spread();
    if (trial === other) return spread * spread * this.doubt * a.variance;
    const [i, j] = [this.#places.get(trial), this.#places.get(other)];
    if (i === undefined || j === undefined) return 0;
    let left = this.#posterior.prior(i, j);
    for (let k = 0; k < a.whitened.length; k++) left -= (a.whitened[k] as number) * (b.whitened[k] as number);
    return spread * spread * this.doubt * left;
  }

  place(value: number): number {
    return this.#parts.scale.at(Number.isNaN(value) ? Number.POSITIVE_INFINITY : this.#parts.sign * value);
  }

  unexplained(step: number): number {
    if (step >= this.maxSteps) return 0;
    const { grid, steps, factors } = this.#parts;
    const knots = [...grid.knots].filter((knot) => knot <= step);
    const points = [...knots, step].map((at) => ({ weights: weightsAt(grid, at), value: 0 }));
    return finalAlone(evidenceOf(points, steps, factors)).variance;
  }

  /** Returns the first factor of a trial; one that the posterior has no room for is judged by its own curve. */
  #final(trial: number): FactorPosterior {
    let known = this.#known.get(trial);
    if (!known) {
      const place = this.#places.get(trial);
      const alone = (this.#parts.trials[this.#indices.get(trial) ?? -1] as Trial).alone;
      known =
        place === undefined ? { ...alone, whitened: new Float64Array(0) } : this.#posterior.ofTrial(place);
      this.#known.set(trial, known);
    }
    return known;
  }

  /** Standard deviation of the value at the full budget between curves. */
  #spread(): number {
    const { loadings, count } = this.#parts.factors;
    return count > 0 ? (loadings[loadings.length - count] as number) : 0;
  }

  #forecastOf({ mean, variance }: Pick<FactorPosterior, 'mean' | 'variance'>): Forecast {
    const { steps, scale, sign } = this.#parts;
    const spread = this.#spread();
    const middle = (steps.mean.at(-1) as number) + spread * mean;
    const deviation = Math.sqrt(spread * spread * variance * this.doubt + steps.noise);
    return {
      value: sign * scale.loss(middle),
      better: sign * scale.loss(middle - deviation),
      worse: sign * scale.loss(middle + deviation),
      mean: middle,
      deviation,
    };
  }
}
