/** What becomes of the folder in which a trial's trainer saves checkpoints. */
export const CHECKPOINT_POLICIES = ['off', 'remove', 'keep'] as const;

/**
 * `off`: trainers are given none, and every attempt of a trial begins anew. `remove`: it is removed once the trial is
 * finished. `keep`: it stays.
 */
export type CheckpointPolicy = (typeof CHECKPOINT_POLICIES)[number];
