import { newestStep } from '../../core/last-step.js';
import { isFeasible } from '../../core/metric-constraints.js';
import { mean, standardDeviation } from '../../core/stats.js';
import type { ConfigView } from '../../core/study-view.js';
import type { TrialView } from '../../core/trial.js';
import type { CurveModel, Forecast } from '../../curves/curve-model.js';
import { isPaused } from '../rungs.js';
import type { ScheduleView } from '../scheduler.js';
import { type Belief, type Stages, worthOf } from './worth.js';

/** The constants of the policy, chosen on families of curves of many kinds (`npm run bench -- budgets`). */
export const POLICY = {
  /** The first configurations run to their ends: they show what whole curves look like. */
  whole: 2,
  /** A new configuration is believed to be like this many of the newest ones. */
  newest: 20,
  /** At least this share of all steps goes to trials that are trained in full: only they are results. */
  full: 0.6,
  /** This many deviations below its forecast is what a trial may come to. */
  optimism: 0.5,
};

/** A paused trial that continues to a rung (an index), and why. */
export type Choice = {
  readonly trial: TrialView;
  readonly rung: number;
  readonly forecast: Forecast;
};

/**
 * Returns the paused trial to continue; null when a new configuration is worth more. Each is worth the price of a step at which
 * its expected improvement of the best value would just pay for its steps (an index, as of Gittins and of Weitzman's boxes), where
 * it is given up at any rung that makes it look poor.
 */
export function choose(view: ScheduleView, model: CurveModel, rungs: readonly number[]): Choice | null {
  const paused = view.configs.flatMap(({ trials }) => trials.filter(isPaused));
  const owed = isShort(view, rungs.at(-1) as number) ? likeliest(paused, model) : null;
  if (owed !== null) return { ...owed, rung: rungs.length - 1 };
  const stages: Stages = {
    costs: rungs.map((rung, k) => rung - (rungs[k - 1] ?? 0)),
    left: rungs.map((rung) => model.unexplained(rung)),
  };
  const best = bestOf(view, model);
  const fresh = view.canAsk ? newBelief(view.configs, model) : null;
  let least = fresh === null ? 0 : priceOf(fresh, stages, best, 0);
  let chosen: Choice | null = null;
  for (const trial of paused) {
    const forecast = model.forecast(trial.number);
    if (!forecast) continue;
    const at = trial.pausedAt as number;
    const reached = rungs.findLastIndex((rung) => rung <= at);
    const belief = { mean: forecast.mean, deviation: forecast.deviation, reached };
    if (!(worthOf(belief, stages, best, least) > 0)) continue;
    least = priceOf(belief, stages, best, least);
    chosen = { trial, rung: reached + 1, forecast };
  }
  return chosen;
}

/** Whether too few of all steps were spent on trials that are, or will be, complete. */
export function isShort({ configs }: ScheduleView, full: number): boolean {
  let spent = 0;
  let complete = 0;
  for (const { trials } of configs)
    for (const trial of trials) {
      const steps = newestStep(trial.steps) ?? 0;
      spent += steps;
      if (trial.state === 'complete') complete += steps;
    }
  return complete + full < POLICY.full * (spent + full);
}

/** Returns the trial that may come to the best value; at a tie the older one. */
export function likeliest(
  trials: readonly TrialView[],
  model: CurveModel,
): { readonly trial: TrialView; readonly forecast: Forecast } | null {
  let found: { readonly trial: TrialView; readonly forecast: Forecast } | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const trial of trials) {
    const forecast = model.forecast(trial.number);
    if (forecast === null) continue;
    const hope = forecast.mean - POLICY.optimism * forecast.deviation;
    if (hope < least) {
      least = hope;
      found = { trial, forecast };
    }
  }
  return found;
}

/** Returns the best place of a complete trial that keeps all metric constraints; of all forecasts when there is none. */
export function bestOf({ configs }: ScheduleView, model: CurveModel): number {
  const kept = configs.filter(({ violations }) => isFeasible(violations)).flatMap(({ trials }) => trials);
  const complete = kept.flatMap(({ state, number }) =>
    state === 'complete' ? (model.forecast(number)?.mean ?? []) : [],
  );
  const all =
    complete.length > 0 ? complete : model.trials.flatMap((trial) => model.forecast(trial)?.mean ?? []);
  return all.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
}

/**
 * Returns what is believed of a configuration that the sampler proposes next: it is like the newest ones. The doubt about the
 * model itself is left out: it is the same for all, and one more trial does not pay it back.
 */
function newBelief(configs: readonly ConfigView[], model: CurveModel): Belief | null {
  const recent = configs
    .slice(-POLICY.newest)
    .flatMap(({ trials }) => model.forecast(trials[0]?.number ?? -1) ?? []);
  if (recent.length === 0) return null;
  const means = recent.map((forecast) => forecast.mean);
  const between = standardDeviation(means) ?? 0;
  const own = mean(recent.map(({ deviation }) => deviation * deviation)) / model.doubt;
  return { mean: mean(means), deviation: Math.sqrt(between * between + own), reached: -1 };
}

const HALVINGS = 14;

/** Returns the price of a step at which a trial is worth just nothing, at least `from`. */
function priceOf(belief: Belief, stages: Stages, best: number, from: number): number {
  let low = from;
  let high = Math.max(from, 1e-6);
  while (worthOf(belief, stages, best, high) > 0) {
    low = high;
    high *= 4;
  }
  for (let k = 0; k < HALVINGS && high - low > 1e-3 * high; k++) {
    const middle = 0.5 * (low + high);
    if (worthOf(belief, stages, best, middle) > 0) low = middle;
    else high = middle;
  }
  return low;
}
