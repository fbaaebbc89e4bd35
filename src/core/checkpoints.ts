import type { StudySpec } from './spec.js';

/** What hpo does with the folder in which a trial's trainer saves checkpoints, by name. */
export const CHECKPOINT_POLICIES = ['off', 'remove', 'keep'] as const;

/**
 * `off`: there is none, and every attempt starts from the beginning. `remove`: it is removed once the trial is finished.
 * `keep`: it stays. `keepBest`: those of so many of the best complete trials stay.
 */
export type CheckpointPolicy = (typeof CHECKPOINT_POLICIES)[number] | { readonly keepBest: number };

/** Returns the policy of a study for which nobody names one: trials that may be paused, and the built-in trainer, have checkpoints. */
export function policyFor({
  trainer,
  scheduler,
}: Pick<StudySpec, 'trainer' | 'scheduler'>): CheckpointPolicy {
  return trainer.command === null || scheduler.name !== 'none' ? 'remove' : 'off';
}
