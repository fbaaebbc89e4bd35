import type { ConfigView } from '../core/study-view.js';
import type { TrialView } from '../core/trial.js';
import { decideByHalving } from '../pruners/halving.js';
import { proceed, type ScheduleView, stop, type Verdict } from './scheduler.js';

/** Judges a trial that cannot be paused as asynchronous successive halving does that only stops. */
export function stopAtRungs(
  trial: TrialView,
  view: ScheduleView,
  competitors: readonly ConfigView[],
  { firstRung, reductionFactor }: { readonly firstRung: number; readonly reductionFactor: number },
): Verdict {
  const { prune, reason } = decideByHalving(trial, view, competitors, {
    firstRung,
    reductionFactor,
    bootstrapCount: 0,
  });
  return prune ? stop(reason) : proceed(reason);
}
