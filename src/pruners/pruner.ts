import type { StudyView } from '../core/study-view.js';
import type { TrialView } from '../core/trial.js';

export type Decision = { readonly prune: boolean; readonly reason: string };

/** Decides whether a running trial is worth going on with. Synchronous and pure. */
export interface Pruner {
  /** Asked after each report of the objective; `trial` is the one that reported and stands in the view. */
  decide(trial: TrialView, view: StudyView): Decision;
}
