import type { Distribution, Params } from '../../core/distribution.js';
import type { Attrs, JsonValue, TrialState } from '../../core/trial.js';
import type { Remarks } from '../annotation.js';
import type { AttemptRecord, Ending, NewAttempt, ReportedPoint } from './attempt-records.js';

/** `number`: 0, 1, ... in the order in which configurations were stored. `index`: the sampler's index, -1 without one. */
export type ConfigRecord = {
  readonly id: number;
  readonly number: number;
  readonly index: number;
  readonly params: Params;
  readonly forced: Params;
  /** `paramsKey` of params and forced. */
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
  /** How far it violates each limit, <= 0 where it does not; empty when there are none, or none was reported. */
  readonly violations: readonly number[];
  /** The step at which it is paused; null: it is not. */
  readonly pausedAt: number | null;
};

/**
 * A trial that is not finished, with its newest attempt (null: none yet, or asked for by a program of its own). `asker`:
 * the identity of the program that asked for it, where it may run again once that has ended. `enqueued`: the parameters
 * that a waiting trial was enqueued with; null for a running one.
 */
export type UnfinishedTrial = {
  readonly trial: TrialRecord;
  readonly attempt: AttemptRecord | null;
  readonly asker: string | null;
  readonly enqueued: PartialParams | null;
};

export type FilledConfig = {
  readonly params: Params;
  readonly forced: Params;
  readonly key: string;
  /** One for each name in params; others may be among them. */
  readonly distributions: Readonly<Record<string, Distribution>>;
  readonly attrs: Attrs;
};

export type NewTrial = {
  readonly repeat: number;
  readonly seed: number;
  readonly startedAtMs: number;
  /** Null for a trial that its asker runs itself. */
  readonly attempt: NewAttempt | null;
  /** Who runs a trial without an attempt; null: nobody takes it from its asker, whose process may be gone when it tells. */
  readonly asker: string | null;
};

/** A study opens a new configuration only while it has fewer than `trials`, with what its configurations still get. */
export type TrialLimit = {
  readonly trials: number;
  /** Trials of each configuration. */
  readonly repeats: number;
};

/** The first trial of a new configuration. `limit` null: as many as are asked for. */
export type FirstTrial = NewTrial & { readonly limit: TrialLimit | null };

export type OpenedTrial = {
  readonly trial: TrialRecord;
  readonly config: ConfigRecord;
  readonly attempt: AttemptRecord | null;
};

/** Parameters that an enqueued trial is to be run with; the sampler chooses those that are not among them. */
export type PartialParams = Readonly<Record<string, JsonValue>>;

/** What an ask gets when nobody else asks, opens a trial or releases an index before it. */
export type PredictedIndex = { readonly index: number; readonly trialNumber: number };

/**
 * The trial whose checkpoint a new one continues, and the trial in whose place it runs. Both are paused. The new trial gets
 * what its parent has reported at steps, and the other one ends. `ending`: how, from the number of the new trial.
 */
export type Forking = {
  readonly parentId: number;
  readonly replacedId: number;
  readonly ending: (child: number) => Ending;
};

/**
 * The index of a new configuration: a reserved one, or one that is predicted to be the next. One that continues another
 * trial takes none.
 */
export type IndexSource =
  | { readonly reservation: number }
  | { readonly studyId: number; readonly predicted: PredictedIndex }
  | { readonly studyId: number; readonly forking: Forking };

/** An index that was reserved for a configuration. */
export type ReservedIndex = { readonly reservation: number; readonly index: number };

/**
 * Who asks on, with a sampler that reads nothing of the study. `owner` reserved the index of this ask and gets the next one.
 * `knownUpTo`: all trials of the study up to this id are known to be hpo's own.
 */
export type AskingOn = { readonly studyId: number; readonly owner: string; readonly knownUpTo: number };

/** `next`: the index that was reserved for the next ask; null: it must be asked for. */
export type OpenedAndReserved = { readonly opened: OpenedTrial; readonly next: ReservedIndex | null };

/** One of several configurations that are stored together. */
export type BatchMember = {
  readonly reservation: number;
  readonly filled: FilledConfig;
  readonly trial: FirstTrial;
};

/** A trial that ran elsewhere: what it was given, what it reported, and its end. */
export type ImportedTrialRecord = {
  readonly filled: FilledConfig;
  readonly remarks: Remarks;
  readonly opening: Omit<NewTrial, 'attempt' | 'asker'>;
  readonly points: readonly ReportedPoint[];
  readonly ending: Ending;
};

/**
 * How an unfinished trial that nobody runs is run again. `fromAsker`: the program that it is taken from, which has ended. `startedAtMs` null: it
 * continues in the same program, so that its reports stay.
 */
export type Restart =
  | { readonly fromAsker: null; readonly attempt: NewAttempt }
  | ({ readonly fromAsker: string; readonly startedAtMs: number | null } & Pick<
      NewTrial,
      'attempt' | 'asker'
    >);
