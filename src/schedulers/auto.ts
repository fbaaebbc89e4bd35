import type { OptionValues } from '../core/component-options.js';
import { newestStep } from '../core/last-step.js';
import { upperTail } from '../core/normal.js';
import type { ConfigView } from '../core/study-view.js';
import type { TrialView } from '../core/trial.js';
import type { CurveModel, Forecast } from '../curves/curve-model.js';
import { curvesOf } from '../curves/predicted-view.js';
import { fullSteps, isUnderway, rungsOf } from './rungs.js';
import {
  type Promotion,
  proceed,
  type Scheduler,
  type ScheduleView,
  stop,
  type Verdict,
} from './scheduler.js';

/** The constants of the policy, chosen on families of curves of many kinds (`npm run bench -- budgets`). */
export const POLICY = {
  /** The first configurations run to their ends: they show what whole curves look like. */
  whole: 2,
  /** Among trials that may continue, this many deviations below its forecast is what a trial may come to. */
  optimism: 0.5,
  /** When nothing new is asked for, a trial continues to its end if it becomes the best with at least this probability. */
  finish: 0.2,
  /** Without checkpoints a trial stops at a rung if it becomes the best with less than this probability. */
  hopeless: 0.05,
  /** Complete configurations before anything is stopped. */
  known: 4,
};

/**
 * Successive halving by forecasts: every trial is paused at rungs, and a free slot continues the one that may come to the best
 * value at the full budget, by the model of all learning curves (`curves/curve-model.ts`). As in asynchronous successive halving
 * (Li et al., MLSys 2020), a share of those that reach a rung passes it, so that a search always has complete trials to learn
 * from, whatever the model says. Without checkpoints a trial is stopped that has next to no chance to become the best.
 */
export function makeAuto(options: OptionValues): Scheduler {
  const { reduction_factor: reductionFactor, min_steps: minSteps } = options as Record<string, number>;
  const ladder = { reductionFactor: reductionFactor as number, minSteps: minSteps as number };
  return {
    firstTargets(view) {
      const full = fullSteps(view);
      const [first = null] = full === null ? [] : rungsOf(full, ladder);
      const whole = view.configs
        .slice(0, POLICY.whole)
        .map(({ trials }) => trials[0]?.number ?? Number.POSITIVE_INFINITY);
      return (trial) =>
        first === full || whole.includes(trial) || view.configs.length < POLICY.whole ? null : first;
    },
    decide(trial, view) {
      const full = fullSteps(view);
      if (view.resumable || full === null) return proceed('it is judged at its target step');
      return judge(trial, view, rungsOf(full, ladder));
    },
    next(view) {
      const full = fullSteps(view);
      if (full === null || !view.configs.some(({ trials }) => trials.some(isPaused))) return null;
      const model = curvesOf(view, view.space);
      if (model === null) return null;
      const rungs = rungsOf(full, ladder);
      return (
        promote(view, model, rungs, ladder.reductionFactor) ?? (view.canAsk ? null : finish(view, model))
      );
    },
  };
}

const isPaused = ({ pausedAt }: TrialView): boolean => (pausedAt ?? null) !== null;

/** Returns the trial that continues from the highest rung that has let fewer than its share pass. */
function promote(
  { configs }: ScheduleView,
  model: CurveModel,
  rungs: readonly number[],
  reductionFactor: number,
): Promotion | null {
  for (let k = rungs.length - 2; k >= 0; k--) {
    const [rung, above] = [rungs[k] as number, rungs[k + 1] as number];
    const reached = configs.filter((config) => stepOf(config) >= rung);
    const passed = reached.filter(({ trials }) => trials.some((trial) => hasPassed(trial, rung))).length;
    const allowed = Math.floor(reached.length / reductionFactor);
    if (passed >= allowed) continue;
    const found = likeliest(
      reached.flatMap(({ trials }) => trials).filter((trial) => isPaused(trial) && !hasPassed(trial, rung)),
      model,
    );
    if (found === null) continue;
    return {
      trial: found.trial.number,
      toStep: k + 1 === rungs.length - 1 ? null : above,
      reason: `of ${reached.length} configurations at step ${rung} it is forecast to come to ${rounded(found.forecast)}`,
    };
  }
  return null;
}

/** Whether a trial has gone, or is going, beyond a rung. */
function hasPassed(trial: TrialView, rung: number): boolean {
  const step = trial.pausedAt ?? newestStep(trial.steps) ?? -1;
  return step > rung || (step === rung && !isPaused(trial));
}

function stepOf({ trials }: ConfigView): number {
  return trials.reduce((most, { steps }) => Math.max(most, newestStep(steps) ?? -1), -1);
}

type Forecasted = { readonly trial: TrialView; readonly forecast: Forecast };

/** Returns the trial that may come to the best value; at a tie the older one. */
function likeliest(trials: readonly TrialView[], model: CurveModel): Forecasted | null {
  let best: Forecasted | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const trial of trials.toSorted((a, b) => a.number - b.number)) {
    const forecast = model.forecast(trial.number);
    if (forecast === null) continue;
    const hope = forecast.mean - POLICY.optimism * forecast.deviation;
    if (hope < least) {
      least = hope;
      best = { trial, forecast };
    }
  }
  return best;
}

/** Returns the trial that runs to its end when nothing new is asked for: one that may well become the best. */
function finish({ configs }: ScheduleView, model: CurveModel): Promotion | null {
  const trials = configs.flatMap((config) => config.trials);
  const best = bestOf(trials, model);
  const found = likeliest(trials.filter(isPaused), model);
  if (found === null) return null;
  const chance = best === null ? 1 : chanceBelow(found.forecast, best);
  if (best === null && trials.some(isUnderway)) return null;
  if (chance < POLICY.finish) return null;
  const percent = Math.round(100 * chance);
  return { trial: found.trial.number, toStep: null, reason: `the best with a probability of ${percent} %` };
}

/** Returns the best place of a complete trial on the model's scale; null when there is none. */
function bestOf(trials: readonly TrialView[], model: CurveModel): number | null {
  const places = trials.flatMap(({ state, number }) =>
    state === 'complete' ? (model.forecast(number)?.mean ?? []) : [],
  );
  return places.length > 0 ? places.reduce((a, b) => Math.min(a, b)) : null;
}

function chanceBelow({ mean, deviation }: Forecast, place: number): number {
  if (!(deviation > 0)) return mean < place ? 1 : 0;
  return upperTail((mean - place) / deviation);
}

/** Judges a trial that cannot be paused, where it first comes to a rung. */
function judge(trial: TrialView, view: ScheduleView, rungs: readonly number[]): Verdict {
  const steps = [...trial.steps.keys()];
  const [step = 0, before = 0] = [steps.at(-1), steps.at(-2)];
  const rung = rungs.find((each) => each > before && each <= step);
  if (rung === undefined || rung === rungs.at(-1)) return proceed(`step ${step} comes to no new rung`);
  const complete = view.configs.filter(({ trialCount }) => trialCount > 0).length;
  if (complete < POLICY.known) return proceed('too few complete configurations');
  const seen = withTrial(view, trial);
  const model = curvesOf(seen, view.space);
  const forecast = model?.forecast(trial.number);
  if (!model || !forecast) return proceed('nothing to forecast');
  const best = bestOf(
    view.configs.flatMap((config) => config.trials),
    model,
  );
  const chance = best === null ? 1 : chanceBelow(forecast, best);
  const reason = `forecast to come to ${rounded(forecast)}, the best with a probability of ${(100 * chance).toFixed(1)} %`;
  return chance < POLICY.hopeless ? stop(reason) : proceed(reason);
}

/** Returns the view with the reports of a trial up to now. */
function withTrial(view: ScheduleView, trial: TrialView): ScheduleView {
  const isStale = (known: TrialView) =>
    known.number === trial.number && known.steps.size !== trial.steps.size;
  if (!view.configs.some(({ trials }) => trials.some(isStale))) return view;
  const configs = view.configs.map((config) =>
    config.trials.some(isStale)
      ? {
          ...config,
          trials: config.trials.map((known) => (isStale(known) ? { ...known, steps: trial.steps } : known)),
        }
      : config,
  );
  return { ...view, configs };
}

const rounded = ({ value }: Forecast): string => String(Number(value.toPrecision(4)));
