import { type CheckpointsOwner, discardCopies, discardLeft } from './discard-left.js';
import type { AttemptRef } from './executor.js';
import type { AttemptsHere } from './folders-here.js';
import { controlOf } from './registry.js';

/** What is asked of the checkpoints of a study's trials, and done with them, while no sweep runs them. */
export type IdleCheckpoints = {
  /** Whether an attempt left a checkpoint that a next attempt may resume from. */
  readonly exist: (attempt: AttemptRef) => Promise<boolean>;
  /** As `discardLeft`. */
  readonly discard: (attempt: AttemptRef) => Promise<boolean>;
  /** As `discardCopies`. */
  readonly discardCopies: (attempt: AttemptRef) => Promise<void>;
};

/** Returns the checkpoints of a study's trials where this machine sees them. */
export function checkpointsHere(study: CheckpointsOwner, here: AttemptsHere): IdleCheckpoints {
  return {
    exist: async (attempt) => {
      const control = await controlOf(attempt.handle);
      return (await control?.checkpoints?.exist(await here(attempt))) ?? false;
    },
    discard: async (attempt) => discardLeft(await here(attempt), study),
    discardCopies: async (attempt) => discardCopies(await here(attempt), study),
  };
}
