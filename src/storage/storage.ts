import type { GpuSample } from '../core/gpu-use.js';
import type { Direction, JsonValue } from '../core/trial.js';
import type { Liveness } from '../liveness/liveness.js';
import type {
  AttemptRecord,
  Changes,
  EndedAttempt,
  Ending,
  FileState,
  FilledConfig,
  FirstTrial,
  ImportedTrialRecord,
  NewAttempt,
  NewTrial,
  ObjectiveChange,
  OpenedTrial,
  ParameterSummary,
  PartialParams,
  PredictedIndex,
  Recomputed,
  Reopening,
  ReportedPoint,
  Separated,
  Since,
  StudyRecord,
  StudySummary,
  Suggested,
  TrialCounts,
  TrialRow,
  UnfinishedTrial,
  WaitingTrial,
} from './records.js';

export type * from './records.js';

/**
 * Where studies live. Every operation is one transaction: it happened whole, durably, or not at all.
 * Only these operations touch the database; nothing outside this room sees a transaction or a row.
 */
export interface Storage {
  /** The URL it was opened with, for messages. */
  readonly url: string;
  /** Who owns attempts and indices here, and whether they still live. */
  readonly liveness: Liveness;

  /** `enqueued`: points to try first. @throws HpoError storage.study-exists when the name is taken. */
  createStudy(study: {
    name: string;
    directions: readonly Direction[];
    seed: number;
    spec: JsonValue;
    createdAtMs: number;
    enqueued?: readonly PartialParams[];
  }): Promise<StudyRecord>;
  findStudy(name: string): Promise<StudyRecord | null>;
  /** In order of creation. */
  listStudies(): Promise<readonly StudySummary[]>;
  /**
   * Replaces the specification; `directions` (as many as before) too, where they are given, and enqueues points. `seed`
   * becomes the seed of a study that has none.
   */
  updateSpec(
    studyId: number,
    spec: JsonValue,
    directions?: readonly Direction[],
    enqueued?: readonly PartialParams[],
    seed?: number,
  ): Promise<void>;
  /**
   * Replaces the specification as `updateSpec`, and what Optuna reads of the objectives: values and intermediate values
   * of all trials. A finished trial without a stored metric keeps its state and has no value.
   */
  changeObjectives(studyId: number, change: ObjectiveChange): Promise<Recomputed>;
  deleteStudy(studyId: number): Promise<void>;
  /** Random text that names the study in this file and in copies of it; null for a study that another program made. */
  studyUid(studyId: number): Promise<string | null>;
  /**
   * Makes the study of a copied file one of its own: it gets another uid, and its running attempts, which belong to the
   * original, end as `ended` says; their trials are queued again. Null, and nothing is written, when its uid is not `uid`.
   */
  separate(studyId: number, uid: string, ended: EndedAttempt): Promise<Separated | null>;

  /** First half of ask: a configuration without parameters yet; one that a dead owner left is used again. */
  reserveIndex(studyId: number, owner: string): Promise<{ configId: number; index: number }>;
  /**
   * Second half of ask: stores the parameters and opens the first trial. Null, and nothing is written, when the key is
   * already held or the study has as many trials as the limit says.
   */
  commitConfiguration(configId: number, filled: FilledConfig, trial: FirstTrial): Promise<OpenedTrial | null>;
  /**
   * Both halves of ask at once, for parameters that were sampled in the hope of this index and this trial number. Null,
   * and nothing is written, when either would be another one by now, and as with `fillConfiguration`.
   */
  commitPredicted(
    studyId: number,
    expected: PredictedIndex,
    filled: FilledConfig,
    trial: FirstTrial,
  ): Promise<OpenedTrial | null>;
  /** Gives an allotted index back (nothing was left to sample). */
  releaseIndex(configId: number): Promise<void>;
  /** Adds a WAITING trial for each point, which Optuna's workers may take too; returns their numbers. */
  enqueue(studyId: number, points: readonly PartialParams[]): Promise<readonly number[]>;
  /** In order of number. */
  waiting(studyId: number): Promise<readonly WaitingTrial[]>;
  /** Starts an enqueued trial, by compare-and-set from WAITING: `taken` when someone was first, `held` when the key is. */
  claim(trialId: number, filled: FilledConfig, trial: NewTrial): Promise<OpenedTrial | 'taken' | 'held'>;
  /** An enqueued trial that cannot be run fails. False when someone took it first. */
  rejectEnqueued(trialId: number, reason: string, finishedAtMs: number): Promise<boolean>;
  /** Adds trials that are over, all or none; their configurations take no index. Their numbers, null where the key is held. */
  importFinished(
    studyId: number,
    trials: readonly ImportedTrialRecord[],
  ): Promise<readonly (number | null)[]>;
  /** One more trial of a configuration. Null when that repeat exists already (another orchestrator was first). */
  addTrial(configId: number, trial: NewTrial): Promise<OpenedTrial | null>;
  /**
   * Takes a running trial without an attempt from its asker, by compare-and-set; what it reported goes. Null when that
   * does not hold.
   */
  reclaim(trialId: number, fromAsker: string, opening: Reopening): Promise<OpenedTrial | null>;
  /** One more attempt of an unfinished trial whose last attempt (if any) has ended. Null when that does not hold. */
  addAttempt(trialId: number, attempt: NewAttempt): Promise<OpenedTrial | null>;

  /**
   * One more parameter of a running trial; the value that it has under this name already stands. False, and nothing is
   * written, when the trial is finished or the attempt not its current one.
   * @throws RangeError for a value that is no choice of its distribution.
   */
  suggest(trialId: number, attemptId: number | null, suggested: Suggested): Promise<boolean>;
  /**
   * Upserts by (metric, step). False, and nothing is written, when the trial is finished or the attempt not its current one.
   * An attempt does again whatever comes from the lowest step on that it names: what attempts before it reported there
   * goes, of every metric.
   */
  report(trialId: number, attemptId: number | null, points: readonly ReportedPoint[]): Promise<boolean>;
  /**
   * Adds a sample to what a running trial used of its GPUs, which Optuna shows as the user attribute `hpo:gpu`. False, and
   * nothing is written, as with `report`.
   */
  recordGpuUsage(trialId: number, attemptId: number, sample: GpuSample): Promise<boolean>;
  /** RUNNING to finished by compare-and-set that names the attempt. False when someone else was first. */
  tell(trialId: number, attemptId: number | null, ending: Ending): Promise<boolean>;
  /**
   * Ends an attempt but not its trial, which is queued again. Its use of GPUs and final values go; reports of steps stay where the next
   * attempt may go on from a checkpoint (`keepSteps`; default: no), and else go as well. `forget`: metrics other than the
   * first objective of which all go. False when it had ended.
   */
  requeue(attemptId: number, ended: EndedAttempt): Promise<boolean>;
  /** A failed trial is queued again (`--retry-failed`), with its reports as `requeue` leaves them. False when it is not failed. */
  reopen(trialId: number, keepSteps?: boolean): Promise<boolean>;
  /** A new owner for a running attempt, by compare-and-set on the old one. */
  takeOverAttempt(attemptId: number, fromOwner: string, toOwner: string): Promise<boolean>;
  requestStop(attemptId: number): Promise<void>;
  /** The attempt had ended by itself before anyone could stop it. */
  withdrawStop(attemptId: number): Promise<void>;
  attempt(attemptId: number): Promise<AttemptRecord | null>;
  /** Every attempt of a trial, the oldest first. */
  attempts(trialId: number): Promise<readonly AttemptRecord[]>;

  /** Owners of running attempts and of allotted indices, and askers of running trials, each once. */
  owners(studyId: number): Promise<readonly string[]>;
  /** Indices that these owners allotted and never filled may be used again. */
  reclaimIndices(studyId: number, owners: readonly string[]): Promise<void>;
  unfinished(studyId: number): Promise<readonly UnfinishedTrial[]>;
  /** Trials of any state, whoever made them; as quick with many as with few. */
  countTrials(studyId: number): Promise<number>;
  /** The same, and with the repeats that are still to be opened where each configuration gets so many trials. */
  countCommitted(studyId: number, repeats: number): Promise<TrialCounts>;
  /** Trials that another program made. */
  countExternalTrials(studyId: number): Promise<number>;
  /** Distinct steps that the study's trials have reported, summed over the trials. */
  countEpochs(studyId: number): Promise<number>;
  /** What the trials of a study, whoever made them, tell of what is searched. */
  parameterSummary(studyId: number): Promise<ParameterSummary>;
  /** In ascending order of id. */
  changes(studyId: number, since: Since): Promise<Changes>;
  /** Whether the file that was opened is still the one at its path. A study in memory is always in its place. */
  fileState(): Promise<FileState>;
  /**
   * Writes everything that is stored to a new file beside the database, or where that is possible, and returns its path.
   * Null in memory, where there is nothing to save.
   */
  rescue(): Promise<string | null>;
  /** Differs from its last answer whenever anyone has written since; cheap. */
  changeToken(): string;
  /** Rows in order of trial number, `limit` of them from `fromNumber` on. */
  rows(studyId: number, fromNumber: number, limit: number): Promise<readonly TrialRow[]>;
  /** The row of one trial, or null. */
  row(studyId: number, number: number): Promise<TrialRow | null>;
  /** Names of all metrics ever reported in the study, sorted. */
  metricNames(studyId: number): Promise<readonly string[]>;
  /** Whether it is known of any trial what it used of GPUs. */
  hasGpuUse(studyId: number): Promise<boolean>;
  /** Every value of a trial's current metrics: `step` null is a final value. */
  metrics(
    studyId: number,
    number: number,
  ): Promise<readonly { name: string; step: number | null; value: number }[]>;
  close(): Promise<void>;
}
