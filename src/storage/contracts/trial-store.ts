import type {
  BatchMember,
  FilledConfig,
  FirstTrial,
  ImportedTrialRecord,
  IndexSource,
  NewTrial,
  OpenedTrial,
  PartialParams,
  UnfinishedTrial,
} from './trial-records.js';

/** How configurations and trials come to be. Every operation is one transaction. */
export interface TrialStore {
  /**
   * Stores the parameters of a new configuration and opens its first trial, under a reserved index or a predicted one.
   * Returns null, and writes nothing, when the study has the configuration already, has as many trials as the limit says,
   * or gives out another index or trial number next than predicted; and when a trial that is to be continued or replaced is
   * not paused any more.
   * @throws HpoError storage.index-lost when the index is not reserved any more; storage.no-distribution.
   */
  commitConfiguration(
    source: IndexSource,
    filled: FilledConfig,
    trial: FirstTrial,
  ): Promise<OpenedTrial | null>;
  /**
   * Stores several new configurations, each under a reserved index, and opens the first trial of each: all of them, or the first
   * ones where the study has as many trials as the limit says. The indices of the others stay reserved. Returns null, and writes
   * nothing, when the study has one of the configurations already.
   * @throws HpoError storage.index-lost when an index is not reserved any more; storage.no-distribution.
   */
  commitBatch(batch: readonly BatchMember[]): Promise<readonly OpenedTrial[] | null>;
  /**
   * Opens one more trial of a configuration. Returns null when that repeat exists already.
   * @throws HpoError storage.no-configuration.
   */
  addRepeat(configId: number, trial: NewTrial): Promise<OpenedTrial | null>;

  /**
   * Adds a WAITING trial for each point, which Optuna's workers may take too. Returns their numbers.
   * @throws HpoError storage.no-study.
   */
  enqueue(studyId: number, points: readonly PartialParams[]): Promise<readonly number[]>;
  /**
   * Starts an enqueued trial with these parameters, by compare-and-set from WAITING. `taken`: another process was first.
   * `duplicate`: the study has the configuration already.
   */
  claimEnqueued(
    trialId: number,
    filled: FilledConfig,
    trial: NewTrial,
  ): Promise<OpenedTrial | 'taken' | 'duplicate'>;
  /** Fails an enqueued trial that cannot be run. Returns false when another process took it first. */
  rejectEnqueued(trialId: number, reason: string, finishedAtMs: number): Promise<boolean>;
  /**
   * Adds finished trials, all or none; their configurations take no index. Returns their numbers, null where the study has
   * the configuration already.
   * @throws HpoError storage.no-study, storage.no-distribution, storage.bad-step, storage.bad-values.
   */
  importFinished(
    studyId: number,
    trials: readonly ImportedTrialRecord[],
  ): Promise<readonly (number | null)[]>;

  /**
   * Queues a failed trial again (`--retry-failed`); its reports stay or go as `requeue` says. Returns false when the trial
   * is not failed, or never had an attempt.
   */
  reopen(trialId: number, keepSteps?: boolean): Promise<boolean>;
  /** Running and waiting trials, or those in one of the two states, in order of number. */
  unfinished(studyId: number, state?: 'running' | 'waiting'): Promise<readonly UnfinishedTrial[]>;
}
