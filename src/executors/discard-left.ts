import type { AttemptRef } from './executor.js';
import { handleKind } from './handle.js';

/** A study whose trials have checkpoints. */
export type CheckpointsOwner = {
  readonly uid: string | null;
  /** The file of its database, or `:memory:`. */
  readonly database: string;
};

/**
 * Removes the checkpoints of a trial that ended, or whose study was deleted, while no sweep ran it; `attempt` is its last one.
 * They stay where they were to be kept, where hpo did not make them for this study, where the path leads through a link, and
 * while the trainer may run. Returns whether they were removed. Rejects when they cannot be removed.
 */
export async function discardLeft(
  attempt: AttemptRef,
  { uid, database }: CheckpointsOwner,
): Promise<boolean> {
  if (uid === null || database === ':memory:') return false;
  switch (handleKind(attempt.handle)) {
    case 'local': {
      const { discardUnkept } = await import('./local/discard-unkept.js');
      return discardUnkept(attempt, { uid, database });
    }
    case 'function': {
      const { discardSaved } = await import('./function/checkpoints/discard-saved.js');
      return discardSaved(attempt, { uid, database });
    }
    default:
      return false;
  }
}
