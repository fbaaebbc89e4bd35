import type { AskingOn, FilledConfig, FirstTrial, OpenedAndReserved } from './trial-records.js';

/** What another process may have left in a study. */
export type Pending = { readonly owners: readonly string[]; readonly isWaiting: boolean };

/** What a process does that asks again and again, in few transactions. */
export interface AskingStore {
  /** Owners of running attempts and of reserved indices, and askers of running trials, each once and sorted. */
  owners(studyId: number): Promise<readonly string[]>;
  /** As `owners`, and whether a trial waits that was enqueued: what is looked at before each ask. */
  pending(studyId: number): Promise<Pending>;
  /**
   * As `commitConfiguration` under a reserved index, and reserves the next index, so that an ask is one transaction however many
   * processes ask. Returns null, and writes nothing, also when the index is not `owner`'s any more, or another program has opened
   * a trial above `knownUpTo`: then the sampler must see the study.
   * @throws HpoError storage.no-distribution.
   */
  commitAndReserve(
    reservation: number,
    filled: FilledConfig,
    trial: FirstTrial,
    asking: AskingOn,
  ): Promise<OpenedAndReserved | null>;
}
