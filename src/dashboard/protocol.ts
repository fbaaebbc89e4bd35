import type { Params, ParamValue } from '../core/distribution.js';
import type { Direction, JsonValue } from '../core/trial.js';
import type { StateCounts } from '../results/results-model.js';
import type { CurveScale } from './curve-codec.js';

// What the server sends to the page, and what a report contains. docs/dashboard.md lists the routes.

/** The answer to every request that failed. */
export type ErrorAnswer = {
  readonly error: { readonly code: string; readonly message: string; readonly fix: string | null };
};

export type ServerInfo = {
  readonly version: string;
  readonly storage: string;
  readonly readOnly: boolean;
  /** Names of the actions that forms may offer, controls of `src/control` among them; empty when read-only. */
  readonly actions: readonly string[];
  readonly database: DatabaseState;
};

/** `missing`: no file yet, or no more. `failing`: there is one, and it cannot be read at the moment; `message` says why. */
export type DatabaseState = {
  readonly state: 'open' | 'missing' | 'failing';
  readonly message: string | null;
};

/** `interrupted`: trials count as running, and nobody runs them. `open`: nobody runs it, and it may get more trials. */
export type StudyState = 'running' | 'paused' | 'finished' | 'interrupted' | 'open';
export type ObjectiveInfo = { readonly metric: string; readonly direction: Direction };

/** One of these for each study of the database. */
export type StudyListEntry = {
  readonly name: string;
  /** `optuna`: another program made it. */
  readonly source: 'hpo' | 'optuna';
  readonly state: StudyState;
  readonly objectives: readonly ObjectiveInfo[];
  /** Values of the best feasible configuration; null for none, or with several objectives. */
  readonly best: readonly number[] | null;
  readonly counts: StateCounts;
  readonly trialCount: number;
  /** Unix time of the newest start or end of a trial; null without trials. */
  readonly lastActivityMs: number | null;
  /** The running best of the first objective at up to 40 places, for a small line. */
  readonly sparkline: readonly number[];
  /** Why it cannot be read; everything but its name is empty then. */
  readonly broken: string | null;
};

/** One parameter of a study as plots need it. */
export type ParameterInfo = {
  readonly name: string;
  readonly kind: 'float' | 'int' | 'categorical';
  readonly log: boolean;
  /** Null for a categorical parameter, and where the study does not say. */
  readonly low: number | null;
  readonly high: number | null;
  /** In the order of the space; null for a numeric parameter. */
  readonly choices: readonly ParamValue[] | null;
  /** True when some configurations do not have it. */
  readonly conditional: boolean;
};

export type StudyInfo = StudyListEntry & {
  readonly parameters: readonly ParameterInfo[];
  /** Metrics that trials reported, the objectives among them. */
  readonly metrics: readonly string[];
  /** Limits on metrics, as text. */
  readonly constraints: readonly string[];
  readonly repeats: number;
  readonly sampler: string | null;
  readonly pruner: string | null;
  /** What can be changed while it runs, and how it stands, by the key that `set` takes: `trials`, `max_concurrent`. */
  readonly limits: Readonly<Record<string, string | null>>;
  readonly note: string | null;
  readonly tags: readonly string[];
  /** Git commit, hash of the script, host and versions. */
  readonly provenance: Readonly<Record<string, JsonValue>>;
  /** What a scheduler or pruner saved, in words; null when every trial was trained in full. */
  readonly savings: string | null;
  /** One trial of each configuration of the front, or of each of the best configurations: the best first. */
  readonly bestTrials: readonly number[];
  /** Actions that this study allows; fewer for a study of another program. */
  readonly actions: readonly string[];
};

/**
 * Before columns of trials. Rows are trials: in a full answer by their number, else as the column `trial` says. The other
 * columns:
 * - `state`: code of `TrialTable.STATES`; 0: no trial has this number
 * - `value:K`: objective K; `std:K`: its deviation over the repeats of the configuration
 * - `param:NAME`: number or code of a choice; `metric:NAME`: its last value
 * - `feasible`: 0 unknown, 1 yes, 2 no; `configuration`: -1 for none
 * - `steps`, `attempts`: how many; `start`, `end`: milliseconds after `timeBaseMs`
 * - `reason`, `device`, `tags`: codes; `hidden`: 0 or 1
 * - where trials are or were paused, `pausedAt`: the step; `pausedSince`: milliseconds after `timeBaseMs`; `ran`: milliseconds
 * - where trials continue checkpoints of others, `parent`: the number of the other, -1 for none; `parentStep`: its last step
 *
 * NaN stands for no number everywhere.
 */
export type ColumnsHeader = {
  readonly study: string;
  /** What the next request gives as `since`. */
  readonly revision: number;
  /** True: the rows replace all that came before. False: they are those that changed. */
  readonly full: boolean;
  /** How many trial numbers there are. */
  readonly total: number;
  readonly timeBaseMs: number;
};

/** Before curves of the first objective (`curve-codec.ts`). In a full answer they replace all that came before. */
export type CurvesHeader = {
  readonly study: string;
  readonly metric: string;
  readonly revision: number;
  readonly full: boolean;
  /** How many trials have a curve. More than came: these are a fair sample. */
  readonly curveCount: number;
  readonly scale: CurveScale;
};

export type ImportanceInfo = {
  readonly metric: string;
  /** Why there is none, such as `too few`; null when there is one. */
  readonly none: string | null;
  readonly rows: readonly {
    readonly name: string;
    readonly value: number;
    readonly low: number;
    readonly high: number;
  }[];
  /** What was done with pruned trials, and whether a sample was used. */
  readonly notes: readonly string[];
};

export type AttemptInfo = {
  readonly attempt: number;
  /** The step at which it was to be paused; null: it was to run to the end of its trial, or nobody knows. */
  readonly targetStep: number | null;
  readonly startedAtMs: number | null;
  readonly finishedAtMs: number | null;
  readonly exitCode: number | null;
  readonly reason: string | null;
  /** Of an attempt that failed: the line at the end of its log that says most; null where there is none. */
  readonly lastWords: string | null;
  readonly device: string | null;
  /** The machine on which it runs; null: that of the page, or nobody knows. */
  readonly machine: string | null;
  /** Its job, as a cluster names it; null: it has none. */
  readonly job: string | null;
  readonly hasLog: boolean;
};

/** One trial continues the checkpoint of another one. `trial`: the other of the two. `step`: the last step of the parent. */
export type ContinuationInfo = { readonly trial: number; readonly step: number };

export type TrialInfo = {
  readonly number: number;
  readonly state: string;
  /** The step at which it is paused; null: it is not. */
  readonly pausedAt: number | null;
  readonly feasible: boolean | null;
  readonly values: readonly number[] | null;
  /** Sampled and forced ones in the order of the space. Infinities and NaN are text, here and below. */
  readonly params: Params;
  readonly seed: number | null;
  readonly configuration: number | null;
  /** The trial whose checkpoint it continues, and after which step; null: it began at the beginning. */
  readonly parent: ContinuationInfo | null;
  /** The trials that continue its own checkpoint. */
  readonly children: readonly ContinuationInfo[];
  /** Numbers of all trials of the same configuration. */
  readonly repeats: readonly number[];
  readonly metrics: readonly {
    readonly name: string;
    readonly steps: readonly number[];
    readonly values: readonly (number | string)[];
    /** The value that holds for the whole trial; null for none. */
    readonly final: number | string | null;
  }[];
  readonly attempts: readonly AttemptInfo[];
  /** GPU use in words; null where nothing was measured. */
  readonly gpuUse: string | null;
  readonly reason: string | null;
  readonly note: string | null;
  readonly tags: readonly string[];
  readonly hidden: boolean;
  /** The command line that runs this trial again, for a POSIX shell; null for a trial of another program. */
  readonly command: string | null;
  readonly folder: string | null;
  readonly checkpoints: readonly string[];
};

/**
 * A part of a log: UTF-8, no control characters but line ends, carriage returns, tabs and the colors of ANSI (`ESC [ ... m`).
 * Characters are never cut in two, and `next` is where the next request begins.
 */
export type LogPart = {
  readonly text: string;
  readonly from: number;
  readonly next: number;
  /** Bytes that the log has now. `next` equal to it: that was all so far. */
  readonly size: number;
  /** False: the attempt has ended, and nothing more comes. */
  readonly growing: boolean;
};

/** Server-sent events: the name of the event is `kind`. The page fetches what changed. */
export type ChangeEvent =
  /** Sent for each study that the stream names, at first and when it changed. `revision` 0: no such study (any more). */
  | {
      readonly kind: 'study';
      readonly study: string;
      readonly revision: number;
      readonly trialCount: number;
      readonly state: StudyState;
    }
  /** A study that the stream names is read for the first time: so many of its trials are known. */
  | { readonly kind: 'opening'; readonly study: string; readonly read: number; readonly total: number }
  /** The list of studies may have changed. At most one a second. */
  | { readonly kind: 'studies' }
  | ({ readonly kind: 'database' } & DatabaseState);

export type ControlAnswer = { readonly text: string; readonly data: { readonly [key: string]: JsonValue } };

/** All that a report shows; `columns` and `curves` are bytes as the routes send them. */
export type ReportData = {
  readonly server: ServerInfo;
  readonly study: StudyInfo;
  readonly importance: readonly ImportanceInfo[];
  readonly columns: Uint8Array;
  readonly curves: Uint8Array;
  /** Trials of which it has more than the columns: all of a small study. */
  readonly trials: readonly TrialInfo[];
  readonly madeAtMs: number;
};
