import type { Changes, ResultRow, Since, StampSums, TrialChanges, TrialMetric } from './result-records.js';

/** `commands`: to running sweeps. `results`: anything else. */
export type ChangeKind = 'results' | 'commands';

/**
 * What follows a study as it grows, by whatever program. Every operation is one short transaction that changes nothing,
 * so that no writer waits for a reader.
 */
export interface ChangeFeed {
  /**
   * A text that differs from an earlier one whenever a transaction has become visible in between, by anyone. It may
   * differ when nothing has changed. Cheap. Read it before what it stands for: whatever becomes visible while that is
   * read shows as another token the next time.
   */
  changeToken(): Promise<string>;
  /**
   * Calls `noticed` soon after another process has written, where the database can tell. Nobody may depend on it: it is called for
   * nothing, too, and not for what programs without hpo write. Returns what ends it.
   */
  onChange(noticed: (kind: ChangeKind) => void): () => void;
  /**
   * Numbers of the trials that were added or changed in any way since a mark, in the order of their last change, at most
   * `limit` (two or more). `since` null: from the beginning. The last trial of one answer is among the next ones again,
   * since it may have changed meanwhile. The cost depends on the number of changes, not on that of the trials.
   */
  changedTrials(studyId: number, since: string | null, limit: number): Promise<TrialChanges>;
  /** Sums over the stamps of all trials that last changed before a mark. */
  stampsBefore(studyId: number, mark: string): Promise<StampSums>;
  /** Everything that results show of the trials with these ids, in order of number; ids of no trial are left out. */
  results(studyId: number, ids: readonly number[]): Promise<readonly ResultRow[]>;
  /** Every stored value of the trials with these ids, in order of number, by metric name; the final value first, then by step. */
  /** Objectives of every complete trial, in ascending order of number. */
  completeValues(studyId: number): Promise<readonly (readonly number[])[]>;
  metricsOf(studyId: number, ids: readonly number[]): Promise<readonly TrialMetric[]>;
  /** What is new since `since`: configurations and trials, each in ascending order of id. */
  changes(studyId: number, since: Since): Promise<Changes>;
}
