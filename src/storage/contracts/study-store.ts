import type { JsonValue } from '../../core/trial.js';
import type { EndedAttempt } from './attempt-records.js';
import type { Counts, NewStudy, Recomputed, Separated, StudyChange, StudyRecord } from './study-records.js';
import type { ReservedIndex } from './trial-records.js';

/**
 * Studies, and the sequence of sampler indices that each study gives out. Every operation is one transaction: it happens
 * as a whole and durably, or not at all. An operation that names a study which does not exist throws HpoError
 * storage.no-study, unless it says otherwise.
 */
export interface StudyStore {
  /** Stores a new study. @throws HpoError storage.study-exists, storage.bad-name (both usage), storage.no-direction. */
  createStudy(study: NewStudy): Promise<StudyRecord>;
  /**
   * Replaces the specification, and what else the change names. Where the change names objectives, the values and the
   * intermediate values of all trials are computed again; the result counts them. Null: the objectives did not change.
   */
  updateStudy(studyId: number, spec: JsonValue, change?: StudyChange): Promise<Recomputed | null>;
  /**
   * Stores commands to the orchestrators of the study, by compare-and-set on the revision that `readControl` gave. Returns false,
   * and writes nothing, when another process wrote first.
   */
  writeControl(studyId: number, control: JsonValue, ifRevision: number): Promise<boolean>;
  /** Deletes a study with its trials. Deleting a study that does not exist does nothing. */
  deleteStudy(studyId: number): Promise<void>;
  /**
   * Gives the study of a copied file a uid of its own. Its running attempts, which belong to the original, end as `ended`
   * says, and their trials are queued again, as its paused trials are, without their reports. Returns null, and writes nothing, when the study's uid is not `uid`.
   */
  separateCopy(studyId: number, uid: string, ended: EndedAttempt): Promise<Separated | null>;

  /**
   * Reserves an index for a configuration that has no parameters yet: one that was released, else the next one.
   * `owner`: the identity of this process.
   */
  reserveIndex(studyId: number, owner: string): Promise<ReservedIndex>;
  /** Releases one reserved index, or all that these owners reserved, for others to use. */
  releaseIndices(
    studyId: number,
    which: { readonly reservation: number } | { readonly owners: readonly string[] },
  ): Promise<void>;
  /**
   * Counts what `what` names, at one moment. `repeats`, which only `committed` needs: how many trials each configuration
   * gets. A study that does not exist has none of anything.
   */
  count<K extends keyof Counts>(
    studyId: number,
    what: readonly K[],
    repeats?: number,
  ): Promise<Pick<Counts, K>>;
}
