import type { Distribution, Params } from '../core/distribution.js';
import type { GpuSample, GpuUse } from '../core/gpu-use.js';
import type { Attrs, Direction, FinishedState, JsonValue, TrialState } from '../core/trial.js';

export type StudyRecord = {
  readonly id: number;
  readonly name: string;
  readonly directions: readonly Direction[];
  /** Null for a study that Optuna made. */
  readonly seed: number | null;
  /** What the study room stored with it; opaque here. Null for a study that Optuna made. */
  readonly spec: JsonValue;
  readonly createdAtMs: number | null;
};

export type StudySummary = StudyRecord & {
  readonly counts: Readonly<Record<TrialState, number>>;
  readonly configurations: number;
};

/** `number`: order in which configurations were filled, 0-based. `index`: the sampler's index, -1 without one. */
export type ConfigRecord = {
  readonly id: number;
  readonly number: number;
  readonly index: number;
  readonly params: Params;
  readonly forced: Params;
  /** `givenKey` of params and forced. */
  readonly key: string;
  readonly attrs: Attrs;
};

export type TrialRecord = {
  readonly id: number;
  readonly number: number;
  /** Null when another program (an Optuna worker) made the trial. */
  readonly configId: number | null;
  readonly repeat: number;
  readonly seed: number | null;
  readonly state: TrialState;
  readonly values: readonly number[] | null;
  /** As in Optuna's trial_params, decoded; forced values are not among them. */
  readonly params: Params;
  /** Ascending by step. NaN and infinities are kept. */
  readonly steps: ReadonlyMap<number, number>;
  /** How far it breaks each limit, <= 0 where it does not; empty when there are none, or nobody has told. */
  readonly violations: readonly number[];
};

export type AttemptRecord = {
  readonly id: number;
  readonly trialId: number;
  /** 1, 2, ... */
  readonly attempt: number;
  readonly token: string;
  /** Who watches it: an orchestrator's identity as src/study/owner.ts writes it. */
  readonly owner: string;
  readonly device: string;
  readonly dir: string;
  readonly startedAtMs: number;
  /** Null while it runs. */
  readonly finishedAtMs: number | null;
  readonly exitCode: number | null;
  readonly reason: string | null;
  /** Someone asked for its end (`hpo stop`). */
  readonly stopRequested: boolean;
  /**
   * The lowest step that it has named, null before the first. Reports of `inherited` metrics below that are of attempts
   * before it.
   */
  readonly firstStep: number | null;
  /** Metrics of which there were reports when it began, of attempts that it may go on from; sorted. */
  readonly inherited: readonly string[];
};

/** A trial that is not finished, with its newest attempt (null: none yet, or asked for by a program of its own). */
export type UnfinishedTrial = { readonly trial: TrialRecord; readonly attempt: AttemptRecord | null };

/** `dir` depends on the trial's number, which only the transaction knows. */
export type NewAttempt = {
  readonly token: string;
  readonly owner: string;
  readonly device: string;
  readonly dir: (trialNumber: number, attempt: number) => string;
  readonly startedAtMs: number;
};
export type NewTrial = {
  readonly repeat: number;
  readonly seed: number;
  readonly startedAtMs: number;
  /** Null for a trial that its asker runs itself: it carries no lease and is never reaped. */
  readonly attempt: NewAttempt | null;
};
export type OpenedTrial = {
  readonly trial: TrialRecord;
  readonly config: ConfigRecord;
  readonly attempt: AttemptRecord | null;
};

export type FilledConfig = {
  readonly params: Params;
  readonly forced: Params;
  readonly key: string;
  /** One for each name in params; others may be among them. */
  readonly distributions: Readonly<Record<string, Distribution>>;
  readonly attrs: Attrs;
};

/** Parameters that an enqueued trial is to be run with; the sampler chooses those that are not among them. */
export type FixedParams = Readonly<Record<string, JsonValue>>;
/** A trial that was enqueued, here or by Optuna, and that nobody has taken yet. */
export type WaitingTrial = { readonly id: number; readonly number: number; readonly fixed: FixedParams };
/** What an ask gets when nobody else asks, opens a trial or gives an index back before it. */
export type ExpectedPlace = { readonly index: number; readonly trialNumber: number };

/** `step` null: a final value. `objective`: the point is also an intermediate value in Optuna's sense. */
export type ReportedPoint = {
  readonly name: string;
  readonly step: number | null;
  readonly value: number;
  readonly objective: boolean;
  /** Nobody named the step: it is the number of the report in its attempt. */
  readonly counted?: boolean;
};

export type Ending = {
  readonly state: FinishedState;
  /** One per objective, none NaN; null when there is none (a failure). */
  readonly values: readonly number[] | null;
  /** How far it breaks each limit of the study; kept where Optuna looks for it. Default: none. */
  readonly violations?: readonly number[];
  readonly exitCode: number | null;
  readonly reason: string | null;
  readonly finishedAtMs: number;
};

/** How an attempt ended that did not settle its trial. */
export type EndedAttempt = {
  readonly exitCode: number | null;
  readonly reason: string;
  readonly finishedAtMs: number;
  readonly keepSteps?: boolean;
  readonly forget?: readonly string[];
};

/** A trial that ran elsewhere: what it was given, what it reported, and its end. */
export type FinishedTrial = {
  readonly filled: FilledConfig;
  readonly opening: Omit<NewTrial, 'attempt'>;
  readonly points: readonly ReportedPoint[];
  readonly ending: Ending;
};

/** Everything a table of results shows of one trial. */
export type TrialRow = {
  readonly number: number;
  /** Null for a trial that another program made. */
  readonly configuration: number | null;
  /** 0 when it never had an attempt of ours. */
  readonly attempt: number;
  readonly state: TrialState;
  /** Unfinished, and no attempt of it runs. */
  readonly queued: boolean;
  readonly seed: number | null;
  readonly device: string | null;
  readonly dir: string | null;
  readonly values: readonly number[] | null;
  readonly params: Params;
  readonly forced: Params;
  /** Last value of each metric: the final one, else the one of the highest step. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Number of distinct steps reported. */
  readonly epochs: number;
  /** Null where nobody has looked. */
  readonly gpuUse: GpuUse | null;
  readonly startedAtMs: number | null;
  readonly finishedAtMs: number | null;
  readonly exitCode: number | null;
  readonly reason: string | null;
};

/** What is new since the last look: configurations with an id above `configId`, trials above `trialId` or listed. */
export type Since = {
  readonly configId: number;
  readonly trialId: number;
  readonly unfinished: readonly number[];
};
export type Changes = { readonly configs: readonly ConfigRecord[]; readonly trials: readonly TrialRecord[] };

/**
 * Where studies live. Every operation is one transaction: it happened whole, durably, or not at all.
 * Only these operations touch the database; nothing outside this room sees a transaction or a row.
 */
export interface Storage {
  /** The URL it was opened with, for messages. */
  readonly url: string;

  /** `enqueued`: points to try first. @throws HpoError storage.study-exists when the name is taken. */
  createStudy(study: {
    name: string;
    directions: readonly Direction[];
    seed: number;
    spec: JsonValue;
    createdAtMs: number;
    enqueued?: readonly FixedParams[];
  }): Promise<StudyRecord>;
  findStudy(name: string): Promise<StudyRecord | null>;
  /** In order of creation. */
  listStudies(): Promise<readonly StudySummary[]>;
  /** Replaces the specification; `directions` (as many as before) too, where they are given, and enqueues points. */
  updateSpec(
    studyId: number,
    spec: JsonValue,
    directions?: readonly Direction[],
    enqueued?: readonly FixedParams[],
  ): Promise<void>;
  deleteStudy(studyId: number): Promise<void>;

  /** First half of ask: a configuration without parameters yet; one that a dead owner left is used again. */
  allotIndex(studyId: number, owner: string): Promise<{ configId: number; index: number }>;
  /** Second half of ask: stores the parameters and opens the first trial. Null when the key is already held. */
  fillConfiguration(configId: number, filled: FilledConfig, trial: NewTrial): Promise<OpenedTrial | null>;
  /**
   * Both halves of ask at once, for parameters that were sampled in the hope of this index and this trial number. Null,
   * and nothing is written, when either would be another one by now, or the key is held.
   */
  fillNext(
    studyId: number,
    expected: ExpectedPlace,
    filled: FilledConfig,
    trial: NewTrial,
  ): Promise<OpenedTrial | null>;
  /** Gives an allotted index back (nothing was left to sample). */
  releaseIndex(configId: number): Promise<void>;
  /** Adds a WAITING trial for each point, which Optuna's workers may take too; returns their numbers. */
  enqueue(studyId: number, points: readonly FixedParams[]): Promise<readonly number[]>;
  /** In order of number. */
  waiting(studyId: number): Promise<readonly WaitingTrial[]>;
  /** Starts an enqueued trial, by compare-and-set from WAITING: `taken` when someone was first, `held` when the key is. */
  claim(trialId: number, filled: FilledConfig, trial: NewTrial): Promise<OpenedTrial | 'taken' | 'held'>;
  /** An enqueued trial that cannot be run fails. False when someone took it first. */
  refuse(trialId: number, reason: string, finishedAtMs: number): Promise<boolean>;
  /** Adds trials that are over, all or none; their configurations take no index. Their numbers, null where the key is held. */
  addFinished(studyId: number, trials: readonly FinishedTrial[]): Promise<readonly (number | null)[]>;
  /** One more trial of a configuration. Null when that repeat exists already (another orchestrator was first). */
  addTrial(configId: number, trial: NewTrial): Promise<OpenedTrial | null>;
  /** One more attempt of an unfinished trial whose last attempt (if any) has ended. Null when that does not hold. */
  addAttempt(trialId: number, attempt: NewAttempt): Promise<OpenedTrial | null>;

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
  noteGpuUse(trialId: number, attemptId: number, sample: GpuSample): Promise<boolean>;
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
  adopt(attemptId: number, fromOwner: string, toOwner: string): Promise<boolean>;
  requestStop(attemptId: number): Promise<void>;
  /** The attempt had ended by itself before anyone could stop it. */
  withdrawStop(attemptId: number): Promise<void>;
  attempt(attemptId: number): Promise<AttemptRecord | null>;
  /** Every attempt of a trial, the oldest first. */
  attempts(trialId: number): Promise<readonly AttemptRecord[]>;

  /** Owners of running attempts and of allotted indices, each once. */
  owners(studyId: number): Promise<readonly string[]>;
  /** Indices that these owners allotted and never filled may be used again. */
  freeIndices(studyId: number, owners: readonly string[]): Promise<void>;
  unfinished(studyId: number): Promise<readonly UnfinishedTrial[]>;
  /** Trials of any state, whoever made them; as quick with many as with few. */
  countTrials(studyId: number): Promise<number>;
  /** Trials that another program made. */
  countForeign(studyId: number): Promise<number>;
  /** Distinct steps that the study's trials have reported, summed over the trials. */
  countEpochs(studyId: number): Promise<number>;
  /** In ascending order of id. */
  changes(studyId: number, since: Since): Promise<Changes>;
  /** Differs from its last answer whenever anyone has written since; cheap. */
  version(): string;
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
