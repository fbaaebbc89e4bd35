import { newestStep } from '../../core/last-step.js';
import { isFeasible } from '../../core/metric-constraints.js';
import { upperTail } from '../../core/normal.js';
import type { TrialView } from '../../core/trial.js';
import type { CurveModel, Forecast } from '../../curves/curve-model.js';
import { isPaused } from '../rungs.js';
import type { ScheduleView } from '../scheduler.js';
import { likelyFeasible } from './feasible.js';

/** What the policy balances, chosen on families of curves of many kinds (`npm run bench -- budgets`). */
export const POLICY = {
  /** The steps of this many full trials are spent on first looks before one of them is trained further. */
  look: 1,
  /** A trial continues if its probability to become the best is at least this part of what it is where all trials are alike. */
  chance: 0.3,
  /**
   * Variances are taken for more by this much with each complete trial, up to a limit: a search comes to crowd where trials differ by
   * less than the model can tell, and takes its forecasts for too certain there.
   */
  doubt: { each: 1 / 8, most: 4 },
  /** Where fewer than this share of all steps went to complete trials, one is completed: forecasts may give up too much. */
  full: 0.3,
  /**
   * Once the steps of `after` full trials are spent, every second new trial runs to its end, whatever is forecast. Forecasts that are
   * wrong are wrong of all trials that they leave paused, and what they choose to complete does not show it.
   */
  unjudged: { after: 10 },
  /** This many deviations below its forecast is what a trial may come to. */
  optimism: 0.5,
};

/** A trial with its forecast. */
export type Forecasted = { readonly trial: TrialView; readonly forecast: Forecast };

/** A paused trial that continues to a rung (an index), with its probability to become the best. */
export type Choice = Forecasted & { readonly rung: number; readonly chance: number };

/**
 * Returns the paused trial to continue: the one that most probably becomes the best. Null when none may well become the best, and a
 * new configuration is tried. Of n complete trials and one more that is like them each is the best with probability 1 / (n + 1):
 * what has far less is left, and the longer the search, the less one may gain, so that ever more is trained in full.
 */
export function choose(view: ScheduleView, model: CurveModel, rungs: readonly number[]): Choice | null {
  const full = rungs.at(-1) as number;
  const paused = pausedTrials(view);
  const nextRung = ({ pausedAt }: TrialView) =>
    rungs.findLastIndex((rung) => rung <= (pausedAt as number)) + 1;
  const complete = completeCount(view);
  if (complete === 0) {
    const isLooking = paused.every((trial) => nextRung(trial) <= 1);
    if (view.canAsk && isLooking && spentSteps(view).all < POLICY.look * full) return null;
    const found = likeliest(paused, model);
    return found && { ...found, rung: nextRung(found.trial), chance: 1 };
  }
  const best = bestOf(view, model);
  const owed = isShort(view, full) ? likeliest(paused, model) : null;
  if (owed !== null)
    return { ...owed, rung: rungs.length - 1, chance: chanceBelow(owed.forecast, best, { model, complete }) };
  let chosen: Choice | null = null;
  let most = view.canAsk ? leastChance(complete) : 0;
  for (const trial of paused) {
    const forecast = model.forecast(trial.number);
    if (forecast === null) continue;
    const chance = chanceBelow(forecast, best, { model, complete });
    if (!(chance > most)) continue;
    most = chance;
    chosen = { trial, forecast, rung: nextRung(trial), chance };
  }
  return chosen;
}

/**
 * Returns whether a new trial runs to its end unpaused: two of every four by their numbers, so that a sampler that alternates between
 * two ways has both among them.
 */
export function isUnjudged(number: number, view: ScheduleView, full: number): boolean {
  return (number >> 1) % 2 === 1 && spentSteps(view).all >= POLICY.unjudged.after * full;
}

/** Returns the paused trials that may become the best. Those that break a metric constraint for good do not. */
export function pausedTrials(view: ScheduleView): readonly TrialView[] {
  return likelyFeasible(
    view.configs.flatMap(({ trials }) => trials.filter(isPaused)),
    view,
  );
}

/** Returns the probability to become the best below which a trial is not worth its steps, after this many complete ones. */
export function leastChance(complete: number): number {
  return POLICY.chance / (complete + 1);
}

/** Returns the probability that a trial comes to less than a place on the model's scale, after this many complete ones. */
export function chanceBelow(
  { mean, deviation }: Forecast,
  place: number,
  { model, complete }: { readonly model: CurveModel; readonly complete: number },
): number {
  if (!(deviation > 0)) return mean < place ? 1 : 0;
  const { each, most } = POLICY.doubt;
  const doubt = Math.max(model.doubt, Math.min(most, 1 + each * complete));
  return upperTail((mean - place) / (deviation * Math.sqrt(doubt / model.doubt)));
}

/** Returns the number of configurations with a result of a whole training. */
export function completeCount({ configs }: ScheduleView): number {
  return configs.filter(({ trialCount }) => trialCount > 0).length;
}

/** Whether too few of all steps were spent on trials that are, or will be, complete. */
export function isShort(view: ScheduleView, full: number): boolean {
  const { all, complete } = spentSteps(view);
  return complete + full < POLICY.full * (all + full);
}

/** Returns the steps of all trials, and those of complete ones. */
function spentSteps({ configs }: ScheduleView): { readonly all: number; readonly complete: number } {
  let all = 0;
  let complete = 0;
  for (const { trials } of configs)
    for (const trial of trials) {
      const steps = newestStep(trial.steps) ?? 0;
      all += steps;
      if (trial.state === 'complete') complete += steps;
    }
  return { all, complete };
}

/** Returns the trial that may come to the best value; at a tie the older one. None that is known to come to the value of another. */
export function likeliest(trials: readonly TrialView[], model: CurveModel): Forecasted | null {
  let found: Forecasted | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const trial of trials) {
    const forecast = model.forecast(trial.number);
    if (forecast === null || forecast.deviation === 0) continue;
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
