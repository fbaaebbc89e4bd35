import type { ConfigView } from '../core/study-view.js';
import type { TrialView } from '../core/trial.js';
import { decideByHalving } from '../pruners/halving.js';
import { isUnderway } from './rungs.js';
import { proceed, type ScheduleView, stop, type Verdict } from './scheduler.js';

/** Judges a trial that cannot be paused as asynchronous successive halving does that only stops. */
export function stopAtRungs(
  trial: TrialView,
  view: ScheduleView,
  competitors: readonly ConfigView[],
  { firstRung, reductionFactor }: { readonly firstRung: number; readonly reductionFactor: number },
): Verdict {
  // Something must be trained to its end.
  if (!competitors.some(({ trials }) => trials.some(mayEnd)))
    return proceed('no other trial is complete or still runs');
  const { prune, reason } = decideByHalving(trial, view, competitors, {
    firstRung,
    reductionFactor,
    bootstrapCount: 0,
  });
  return prune ? stop(reason) : proceed(reason);
}

function mayEnd(trial: TrialView): boolean {
  return trial.state === 'complete' || isUnderway(trial);
}
