/** What hpo does with the folder in which a trial's trainer saves checkpoints, by name. */
export const CHECKPOINT_POLICIES = ['off', 'remove', 'keep'] as const;

/**
 * `off`: there is none, and every attempt starts from the beginning. `remove`: it is removed once the trial is finished.
 * `keep`: it stays. `keepBest`: those of so many of the best complete trials stay.
 */
export type CheckpointPolicy = (typeof CHECKPOINT_POLICIES)[number] | { readonly keepBest: number };
