import type { AttemptRef } from './executor.js';

/** A study in a database that outlives its program. */
export type Owner = {
  readonly uid: string;
  /** The file of its database, or what names it on its server. */
  readonly database: string;
};

/** What an executor removes of trials that ended, or whose study was deleted, while no sweep ran them. */
export type Leftovers = {
  /**
   * Removes the checkpoints of a trial; `attempt` is its last one. They stay where they were to be kept, where hpo did not make them
   * for this study, where the path leads through a link, and while the trainer may run. Returns whether they were removed.
   */
  readonly discard: (attempt: AttemptRef, owner: Owner) => Promise<boolean>;
  /** Removes the copies of checkpoints that no trial has begun with; `attempt` is one of the study's. */
  readonly discardCopies: (attempt: AttemptRef, owner: Owner) => Promise<void>;
};
