import type { AttemptCause } from '../core/attempt-cause.js';
import type { Distribution, Params, ParamValue } from '../core/distribution.js';
import type { GpuUse } from '../core/gpu-use.js';
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
  /** Why its rows cannot be read, in words; the rest but its name and id is empty then. Null: they can. */
  readonly broken: string | null;
};

/** `gone`: there is no file at the path any more; `replaced`: there is another one. */
export type FileState = 'in-place' | 'gone' | 'replaced';

/** A study that was told apart from the one that it is a copy of. */
export type Separated = { readonly uid: string; readonly requeued: number };

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
  /** Who watches it: an orchestrator's identity as src/liveness/identity.ts writes it. */
  readonly owner: string;
  readonly device: string;
  /** Where its executor finds it (`executors/handle.ts`); the column is called `dir`. */
  readonly handle: string;
  readonly startedAtMs: number;
  /** Null while it runs. */
  readonly finishedAtMs: number | null;
  readonly exitCode: number | null;
  readonly reason: string | null;
  /** Null while it runs. */
  readonly cause: AttemptCause | null;
  /** Its end was its trial's: what came after was a new beginning (`--retry-failed`). */
  readonly settled: boolean;
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

/**
 * A trial that is not finished, with its newest attempt (null: none yet, or asked for by a program of its own). `asker`:
 * the identity of the program that asked for it, where it may run again once that has ended.
 */
export type UnfinishedTrial = {
  readonly trial: TrialRecord;
  readonly attempt: AttemptRecord | null;
  readonly asker: string | null;
};

/** `handle` depends on the trial's number, which only the transaction knows. */
export type NewAttempt = {
  readonly token: string;
  readonly owner: string;
  readonly device: string;
  readonly handle: (trialNumber: number, attempt: number) => string;
  readonly startedAtMs: number;
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
/** Trials of a study. `committed`: with the repeats that its configurations still get; a pruned one gets none. */
export type TrialCounts = { readonly trials: number; readonly committed: number };
/** How a trial is run that was asked for by a program that has ended. */
export type Reopening = Pick<NewTrial, 'attempt' | 'asker' | 'startedAtMs'>;
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

/** A parameter that a running trial has named itself. */
export type Suggested = {
  readonly name: string;
  readonly distribution: Distribution;
  readonly value: ParamValue;
};

/** Parameters that an enqueued trial is to be run with; the sampler chooses those that are not among them. */
export type PartialParams = Readonly<Record<string, JsonValue>>;
/** A trial that was enqueued, here or by Optuna, and that nobody has taken yet. */
export type WaitingTrial = { readonly id: number; readonly number: number; readonly fixed: PartialParams };
/** What an ask gets when nobody else asks, opens a trial or gives an index back before it. */
export type PredictedIndex = { readonly index: number; readonly trialNumber: number };

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
  /** What ended its attempt. Default: what the state says. */
  readonly cause?: AttemptCause;
  readonly finishedAtMs: number;
};

/** How an attempt ended that did not settle its trial. */
export type EndedAttempt = {
  readonly exitCode: number | null;
  readonly reason: string;
  readonly cause: AttemptCause;
  readonly finishedAtMs: number;
  readonly keepSteps?: boolean;
  readonly forget?: readonly string[];
};

/** A trial that ran elsewhere: what it was given, what it reported, and its end. */
export type ImportedTrialRecord = {
  readonly filled: FilledConfig;
  readonly opening: Omit<NewTrial, 'attempt' | 'asker'>;
  readonly points: readonly ReportedPoint[];
  readonly ending: Ending;
};

/** What a trial has stored of one metric; `steps` ascend. */
export type StoredSeries = { readonly steps: ReadonlyMap<number, number>; readonly final: number | null };

/** Objectives that are other metrics from now on, or the same ones read in another way; as many as before. */
export type ObjectiveChange = {
  readonly spec: JsonValue;
  readonly directions: readonly Direction[];
  /** Points to enqueue. */
  readonly enqueued: readonly PartialParams[];
  /** Names of the objectives as they were, and as they are. */
  readonly before: readonly string[];
  readonly now: readonly string[];
  /**
   * The objectives of a finished trial from what is stored of each, null where there is none. `told`: no attempt of
   * hpo ran it, and a final value is what its asker, or another program, told of it.
   */
  readonly values: (
    trial: { readonly state: 'complete' | 'pruned'; readonly told: boolean },
    stored: readonly StoredSeries[],
  ) => readonly (number | null)[];
};
/** How many complete and pruned trials were looked at, and how many of them have no value of each objective. */
export type Recomputed = { readonly trials: number; readonly without: readonly number[] };

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
  readonly handle: string | null;
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
  /** What ended the newest attempt; null while it runs, or where there never was one. */
  readonly cause: AttemptCause | null;
};

/** What is new since the last look: configurations with an id above `configId`, trials above `trialId` or listed. */
export type Since = {
  readonly configId: number;
  readonly trialId: number;
  readonly unfinished: readonly number[];
};
export type Changes = { readonly configs: readonly ConfigRecord[]; readonly trials: readonly TrialRecord[] };

/** A parameter as the trials have it. */
export type SeenParam = {
  readonly name: string;
  /** Each once, in the order in which they came; more than one where a program changed the range as it went. */
  readonly distributions: readonly Distribution[];
  /** How many complete and pruned trials have it. */
  readonly trials: number;
};
export type ParameterSummary = {
  /** What Optuna's tools call the objectives; null when nobody named them, or not each of them. */
  readonly metricNames: readonly string[] | null;
  /** In the order in which they first came. */
  readonly parameters: readonly SeenParam[];
  /** Complete and pruned trials. */
  readonly trials: number;
};
