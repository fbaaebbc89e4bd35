import type { StudyView } from '../core/study-view.js';
import type { TrialView } from '../core/trial.js';

export type Decision = { readonly prune: boolean; readonly reason: string };

/** Decides whether a running trial should continue. Synchronous and pure. */
export interface Pruner {
  /** Called after each report of the objective; `trial` is the one that reported, and the view contains it. */
  decide(trial: TrialView, view: StudyView): Decision;
}

/** A pruner of a user: as `Pruner`, but it may wait for something. */
export interface CustomPruner {
  decide(trial: TrialView, view: StudyView): Decision | Promise<Decision>;
}
