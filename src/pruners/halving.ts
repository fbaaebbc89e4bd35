import type { ConfigView, StudyView } from '../core/study-view.js';
import type { TrialView } from '../core/trial.js';
import { firstPointFrom, hasNaN, isAmongBest, meanPoint, pointAt, pointText } from './points.js';
import type { Decision } from './pruner.js';
import { keep, newest, prune } from './steps.js';

/** The rungs of one bracket: the k-th (0-based) lies at `firstRung * reductionFactor^k` steps. */
export type Rungs = {
  readonly firstRung: number;
  readonly reductionFactor: number;
  /** This many configurations must have reached a rung before any is promoted from it. */
  readonly bootstrapCount: number;
};

/**
 * Asynchronous successive halving in its stopping form, as Optuna has it (Li et al., A system for massively parallel
 * hyperparameter tuning, MLSys 2020): when a trial first reports at or beyond a rung, it continues only if its value is
 * among the best 1/reductionFactor of all that have reached the rung so far; of the first few, only the best.
 *
 * A trial's value at a rung is read from its steps (the first at or beyond the rung), so no state is kept and skipped steps
 * do not matter. Each configuration competes once at a rung, with the mean of its repeats; the
 * trial's own other repeats do not compete. NaN counts as worst: a trial that has it at a rung stops. With several objectives,
 * or metric constraints, `isAmongBest` says which are the best.
 */
export function decideByHalving(
  trial: TrialView,
  view: StudyView,
  competitors: readonly ConfigView[],
  { firstRung, reductionFactor, bootstrapCount }: Rungs,
): Decision {
  const at = newest(trial);
  if (!at) return keep('nothing reported yet');
  const own = pointAt(trial, at.step, view);
  if (!own) return keep(`not every objective has a value at step ${at.step}`);
  let reached = 0;
  for (let rung = firstRung; rung <= at.step; rung *= reductionFactor) {
    // It passed this one at an earlier report.
    if (at.previous >= rung) continue;
    reached++;
    if (hasNaN(trial, at.step)) return prune(`the value at step ${at.step} is NaN at the rung of ${rung}`);
    const rivals = competitors.flatMap(({ trials }) => {
      const points = trials.flatMap((other) => firstPointFrom(other, rung, view) ?? []);
      return meanPoint(points) ?? [];
    });
    const count = rivals.length + 1;
    const where = `${count} configurations at the rung of ${rung} steps`;
    if (count <= bootstrapCount)
      return prune(`one of the first ${bootstrapCount} configurations at the rung of ${rung} steps`);
    const promoted = Math.max(1, Math.floor(count / reductionFactor));
    if (!isAmongBest(own, rivals, promoted))
      return prune(`${pointText(trial, at.step, own)} is not among the best ${promoted} of ${where}`);
  }
  return keep(reached === 0 ? `step ${at.step} comes to no new rung` : 'among the best at its rung');
}
