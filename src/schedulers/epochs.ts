import type { OptionValues } from '../core/component-options.js';
import { newestStep } from '../core/last-step.js';
import type { ConfigView } from '../core/study-view.js';
import { isAmongBest } from '../pruners/points.js';
import { others } from '../pruners/steps.js';
import { fullSteps, isUnderway, pausedBetween } from './rungs.js';
import { proceed, type Scheduler, type ScheduleView, stop } from './scheduler.js';
import { comparable, isNumber, pointAtRung, ranked } from './standing.js';
import { isLast, waiting } from './within-budget.js';

/** The largest part of a budget that is kept to train the best to their ends. */
const PART_TO_FINISH = 0.5;

/**
 * Trains every configuration for some steps and then the best of them to the end (Egele et al., arXiv 2404.04111). With `keep`
 * 1 it costs little more than the first steps of all.
 */
export function makeEpochs(options: OptionValues): Scheduler {
  const { steps, keep } = options as { steps: number; keep: number };
  return {
    firstTargets(view) {
      const full = fullSteps(view);
      return () => (full === null || steps >= full || isLast(view) ? null : steps);
    },
    decide(trial, view) {
      const own = pointAtRung({ trials: [trial] }, steps, view);
      if (view.resumable || own === null) return proceed('it is judged at its target step');
      const rivals = ranked(others(trial, view), steps, view);
      if (rivals.length === 0) return proceed('nothing to compare it with yet');
      const points = rivals.map(({ point }) => point);
      return isNumber(own) && isAmongBest(own, points, keep)
        ? proceed(`among the best ${keep} at step ${steps}`)
        : stop(`not among the best ${keep} of ${rivals.length + 1} configurations at step ${steps}`);
    },
    next(view: ScheduleView) {
      const full = fullSteps(view);
      if (full === null || !view.configs.some(({ trials }) => trials.length > 0)) return null;
      const stepsLeft = view.resumable ? view.stepsLeft : null;
      const isFull = stepsLeft !== null && stepsLeft - steps < reserved(view, { steps, keep, full });
      // Which are the best is known when all have been trained so far.
      if ((view.canAsk && !isFull) || view.configs.some((config) => isBelow(config, steps)))
        return isFull ? waiting(stepsLeft) : null;
      const isAnyComplete = view.configs.some(({ trials }) =>
        trials.some(({ state }) => state === 'complete'),
      );
      const compared = comparable(view);
      const all = ranked(compared.configs, steps, compared);
      for (const { entry } of all.slice(0, keep)) {
        const trial = pausedBetween(entry, steps, full);
        const isTooMuch =
          isAnyComplete && trial !== null && full - (trial.pausedAt ?? 0) > (stepsLeft ?? full);
        if (trial !== null && !isTooMuch)
          return {
            trial: trial.number,
            toStep: null,
            reason: `among the best ${keep} of ${all.length} configurations at step ${steps}`,
          };
      }
      return isFull ? waiting(stepsLeft) : null;
    },
  };
}

type Plan = { readonly steps: number; readonly keep: number; readonly full: number };

/**
 * Returns how many steps are kept to train the best to their ends: those of as many as `keep` says, but no more than half of the
 * whole budget, and at least those of one.
 */
function reserved({ configs, stepsLeft }: ScheduleView, { steps, keep, full }: Plan): number {
  const trials = configs.flatMap((config) => config.trials);
  const trained = trials.reduce((sum, trial) => sum + (newestStep(trial.steps) ?? 0), 0);
  const rest = full - steps;
  const most = Math.floor((PART_TO_FINISH * (trained + (stepsLeft ?? 0))) / rest);
  const complete = trials.filter(({ state }) => state === 'complete').length;
  // A new configuration can be finished itself.
  return Math.max(1, Math.min(keep, most) - complete) * rest;
}

/** Returns whether a trial of the configuration runs that has not come to a step. */
function isBelow({ trials }: ConfigView, step: number): boolean {
  return trials.some((trial) => isUnderway(trial) && (newestStep(trial.steps) ?? -1) < step);
}
