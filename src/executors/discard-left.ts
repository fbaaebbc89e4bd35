import type { AttemptRef } from './executor.js';
import { handleKind } from './handle.js';
import type { Leftovers, Owner } from './leftovers.js';
import { findExecutor } from './registry.js';

/** A study whose trials have checkpoints. */
export type CheckpointsOwner = {
  readonly uid: string | null;
  /** The file of its database, or `:memory:`. */
  readonly database: string;
};

/**
 * Removes the checkpoints of a trial that ended, or whose study was deleted, while no sweep ran it; `attempt` is its last one.
 * They stay where its executor says so (`Leftovers`). Returns whether they were removed. Rejects when they cannot be removed.
 */
export async function discardLeft(attempt: AttemptRef, study: CheckpointsOwner): Promise<boolean> {
  const owner = lasting(study);
  if (owner === null) return false;
  return (await leftoversOf(attempt.handle))?.discard(attempt, owner) ?? false;
}

/**
 * Removes the copies of checkpoints that a killed sweep left for trials that it had not begun, of a study that is deleted; `attempt` is
 * one of its attempts. They stay where `discardLeft` leaves checkpoints that hpo did not make for this study.
 */
export async function discardCopies(attempt: AttemptRef, study: CheckpointsOwner): Promise<void> {
  const owner = lasting(study);
  if (owner !== null) await (await leftoversOf(attempt.handle))?.discardCopies(attempt, owner);
}

function lasting({ uid, database }: CheckpointsOwner): Owner | null {
  return uid === null || database === ':memory:' ? null : { uid, database };
}

/** Null where no executor here has allocated the handle. */
async function leftoversOf(handle: string): Promise<Leftovers | null> {
  const kind = handleKind(handle);
  // A sweep file cannot choose functions, so the registry has none.
  if (kind === 'function') return (await import('./function/checkpoints/discard-saved.js')).savedLeftovers;
  const module = await findExecutor(kind)?.load();
  return module?.leftovers ?? null;
}
