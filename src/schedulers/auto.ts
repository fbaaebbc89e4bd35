import type { OptionValues } from '../core/component-options.js';
import type { TrialView } from '../core/trial.js';
import type { CurveModel, Forecast } from '../curves/curve-model.js';
import { curvesOf } from '../curves/predicted-view.js';
import { feasibilityOf } from './forecasts/feasible.js';
import {
  bestOf,
  chanceBelow,
  choose,
  completeCount,
  isShort,
  isUnjudged,
  leastChance,
  likeliest,
  pausedTrials,
} from './forecasts/policy.js';
import { fullSteps, isPaused, isUnderway, ladderOf, rungsOf } from './rungs.js';
import {
  type Promotion,
  proceed,
  type Scheduler,
  type ScheduleView,
  stop,
  type Verdict,
} from './scheduler.js';

/** When nothing new is asked for, a trial continues to its end if it becomes the best with at least this probability. */
const FINISH = 0.2;
/** Complete configurations before anything is stopped. */
const KNOWN = 4;

/**
 * Continues what may become the best by the model of all learning curves (`curves/curve-model.ts`): every trial is paused at rungs,
 * and a free slot takes the one that most probably becomes the best, or a new configuration where that is hardly probable for any
 * (`forecasts/policy.ts`). Without checkpoints a trial is stopped that has next to no chance to become the best.
 */
export function makeAuto(options: OptionValues): Scheduler {
  const ladder = ladderOf(options);
  return {
    firstTargets(view) {
      const full = fullSteps(view);
      if (full === null) return () => null;
      const [first] = rungsOf(full, ladder) as [number];
      return (number) => (first === full || isUnjudged(number, view, full) ? null : first);
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
      if (!view.canAsk) return finish(view, model);
      const choice = choose(view, model, rungs);
      if (choice === null) return null;
      const { trial, rung } = choice;
      return {
        trial: trial.number,
        toStep: rung === rungs.length - 1 ? null : (rungs[rung] as number),
        reason: expectation(choice),
      };
    },
  };
}

/** Returns the trial that runs to its end when nothing new is asked for: one that may well become the best. */
function finish(view: ScheduleView, model: CurveModel): Promotion | null {
  const trials = view.configs.flatMap((config) => config.trials);
  const isAnyComplete = trials.some(({ state }) => state === 'complete');
  const complete = completeCount(view);
  const found = likeliest(pausedTrials(view), model);
  if (found === null) return null;
  if (!isAnyComplete && trials.some(isUnderway)) return null;
  const chance = isAnyComplete ? chanceBelow(found.forecast, bestOf(view, model), { model, complete }) : 1;
  if (chance < FINISH) return null;
  const percent = Math.round(100 * chance);
  return { trial: found.trial.number, toStep: null, reason: `the best with a probability of ${percent} %` };
}

/** Judges a trial that cannot be paused, where it first comes to a rung. */
function judge(trial: TrialView, view: ScheduleView, rungs: readonly number[]): Verdict {
  const steps = [...trial.steps.keys()];
  const [step = 0, before = 0] = [steps.at(-1), steps.at(-2)];
  const rung = rungs.find((each) => each > before && each <= step);
  if (rung === undefined || rung === rungs.at(-1)) return proceed(`step ${step} comes to no new rung`);
  if (!view.configs.some(({ trials }) => trials.some((each) => each.steps.size > 1)))
    return proceed('no trial reports more than its last step');
  const complete = completeCount(view);
  if (complete < KNOWN) return proceed('too few complete configurations');
  const seen = withTrial(view, trial);
  const { isPossible, isLikely } = feasibilityOf(view);
  if (isPossible && !isLikely(trial))
    return stop('it breaks a metric constraint, and complete trials keep all');
  if (isShort(seen, rungs.at(-1) as number)) return proceed('too few of the steps went to complete trials');
  const model = curvesOf(seen, view.space);
  const forecast = model?.forecast(trial.number);
  if (!model || !forecast) return proceed('nothing to forecast');
  const chance = chanceBelow(forecast, bestOf(view, model), { model, complete });
  const reason = expectation({ forecast, chance });
  return chance < leastChance(complete) ? stop(reason) : proceed(reason);
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

function expectation({ forecast, chance }: { readonly forecast: Forecast; readonly chance: number }): string {
  const value = Number(forecast.value.toPrecision(4));
  return `forecast to come to ${value}, the best with a probability of ${(100 * chance).toFixed(1)} %`;
}
