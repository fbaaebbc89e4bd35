import { newestStep } from '../core/last-step.js';
import type { TrialView } from '../core/trial.js';
import { fullSteps, isPaused, isUnderway } from './rungs.js';
import type { Promotion, Scheduler, ScheduleView, Waiting } from './scheduler.js';
import { comparable, ranked } from './standing.js';

/**
 * Returns a scheduler that begins no configuration which what is left of a budget cannot finish: with its last steps, paused trials
 * that may be the best are trained in full. First those that the scheduler itself would continue if nothing new were asked for;
 * with `fillsUp` then those that are ahead of every complete one at their step. Where nothing is complete yet, one trial is
 * trained in full: one for which enough is left, or any where there is none.
 */
export function withinBudget(scheduler: Scheduler, { fillsUp }: { readonly fillsUp: boolean }): Scheduler {
  return {
    ...scheduler,
    firstTargets: (view) => (isLast(view) ? () => null : scheduler.firstTargets(view)),
    async next(view) {
      const full = fullSteps(view);
      const { stepsLeft } = view;
      if (full === null || stepsLeft === null || !isLast(view)) return scheduler.next(view);
      const trials = view.configs.flatMap((config) => config.trials);
      if (!trials.some(isBegun)) return scheduler.next(view);
      const isAnyResult = trials.some((trial) => trial.state === 'complete' || isUnderway(trial));
      const possible = affordable(view, full - stepsLeft);
      const isPossible = possible.configs.some((config) => config.trials.some(isPaused));
      const seen = isAnyResult || isPossible ? possible : view;
      const chosen = await scheduler.next({ ...seen, canAsk: false });
      const last =
        chosen !== null && 'trial' in chosen ? chosen : fillsUp || !isAnyResult ? nextBest(seen) : null;
      return last === null ? waiting(stepsLeft) : { ...last, toStep: null };
    },
  };
}

/** Returns whether what is left of the budget does not train a new configuration in full. */
export function isLast(view: ScheduleView): boolean {
  const full = fullSteps(view);
  return view.resumable && full !== null && view.stepsLeft !== null && view.stepsLeft < full;
}

/** Returns why nothing more is begun. */
export function waiting(stepsLeft: number): Waiting {
  const wait = `the ${Math.floor(stepsLeft)} steps that are left of the budget train no trial in full`;
  return { wait, isSpent: true };
}

/** Returns the view without the paused trials that are not as far as `from`: those cannot be finished. */
function affordable(view: ScheduleView, from: number): ScheduleView {
  const isTooEarly = ({ pausedAt }: TrialView) => (pausedAt ?? from) < from;
  if (!view.configs.some(({ trials }) => trials.some(isTooEarly))) return view;
  const configs = view.configs.map((config) =>
    config.trials.some(isTooEarly)
      ? {
          ...config,
          trials: config.trials.map((trial) =>
            isTooEarly(trial) ? { ...trial, state: 'pruned' as const, pausedAt: null } : trial,
          ),
        }
      : config,
  );
  return { ...view, configs };
}

/** Returns the best of the trials that have come furthest, if it is ahead of all that are complete. */
function nextBest(given: ScheduleView): Promotion | null {
  const view = comparable(given);
  const paused = view.configs.flatMap(({ trials }) => trials.filter(isPaused));
  const steps = [...new Set(paused.map(({ pausedAt }) => pausedAt as number))].sort((a, b) => b - a);
  for (const step of steps) {
    const order = ranked(view.configs, step, view);
    for (const { entry } of order) {
      if (entry.trials.some(({ state }) => state === 'complete')) break;
      const trial = entry.trials.find(({ pausedAt }) => pausedAt === step);
      if (trial === undefined) continue;
      const reason = `the best of ${order.length} configurations at step ${step} that is not complete`;
      return { trial: trial.number, toStep: null, reason };
    }
  }
  return null;
}

const isBegun = ({ steps }: TrialView): boolean => newestStep(steps) !== null;
