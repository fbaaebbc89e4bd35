import type { AttemptRef } from './executor.js';
import { attemptFolder, handleKind } from './handle.js';

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
    case 'local':
    case 'slurm':
    case 'command': {
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

/**
 * Removes the copies of checkpoints that a killed sweep left for trials that it had not begun, of a study that is deleted; `attempt` is
 * one of its attempts. They stay where `discardLeft` leaves checkpoints that hpo did not make for this study.
 */
export async function discardCopies(attempt: AttemptRef, { uid, database }: CheckpointsOwner): Promise<void> {
  if (uid === null || database === ':memory:') return;
  const folder = attemptFolder(attempt.handle);
  if (folder !== null) {
    const { discardOwnCopies } = await import('./local/discard-unkept.js');
    await discardOwnCopies({ ...attempt, handle: folder }, { uid, database });
  } else if (handleKind(attempt.handle) === 'function') {
    const { discardSavedCopies } = await import('./function/checkpoints/discard-saved.js');
    await discardSavedCopies({ uid, database });
  }
}
