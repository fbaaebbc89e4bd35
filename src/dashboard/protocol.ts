import type { Params, ParamValue } from '../core/distribution.js';
import type { Direction, JsonValue } from '../core/trial.js';
import type { StateCounts } from '../results/results-model.js';

// What the server sends to the page, and what a report file contains. Every path below starts at the server's root.
//
//   GET  /  /studies/NAME  /studies/NAME/trials/N     the page (NAME is percent-encoded)
//   GET  /assets/FILE                                 its script and style
//   GET  /api/server                                  ServerInfo
//   GET  /api/studies                                 StudyListEntry[]
//   GET  /api/studies/NAME                            StudyInfo
//   GET  /api/studies/NAME/columns?since=REVISION     columns.ts: all trials, or those that changed after REVISION
//   GET  /api/studies/NAME/curves?since=REVISION      columns.ts: curves of the objective, packed
//   GET  /api/studies/NAME/importance?metric=M        ImportanceInfo
//   GET  /api/studies/NAME/trials/N                   TrialInfo
//   GET  /api/studies/NAME/trials/N/log?attempt=K&from=BYTE   bytes; the header X-Log-Next has the next FROM
//   GET  /api/events                                  server-sent events: ChangeEvent, with ids
//   POST /api/studies/NAME/control/CONTROL            JSON arguments of src/control; ControlAnswer
//   POST /api/studies/NAME/rename {name}, /delete {confirm: NAME}, /hide {trials, hidden}
//
// An error answers {error: {code, message, fix}} with status 400, 403, 404, 409 or 500.

/** One of these for each study of the database. */
export type StudyListEntry = {
  readonly name: string;
  /** `optuna`: another program made it; hpo shows it and does not change it. */
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
};

export type StudyState = 'running' | 'paused' | 'finished' | 'interrupted' | 'open';
export type ObjectiveInfo = { readonly metric: string; readonly direction: Direction };

export type ServerInfo = {
  readonly version: string;
  readonly storage: string;
  readonly readOnly: boolean;
  /** Names of the controls that forms may offer; empty when read-only. */
  readonly controls: readonly string[];
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
  /** Metrics that trials reported beside the objectives. */
  readonly metrics: readonly string[];
  /** Limits on metrics, as text. */
  readonly constraints: readonly string[];
  readonly repeats: number;
  readonly sampler: string | null;
  readonly pruner: string | null;
  /** What can be changed while it runs, and how it stands: trials, max_concurrent, trial_timeout and others. */
  readonly limits: Readonly<Record<string, JsonValue>>;
  readonly note: string | null;
  readonly tags: readonly string[];
  /** Git commit, hash of the script, host and versions. */
  readonly provenance: Readonly<Record<string, JsonValue>>;
  /** What pruning saved, in words; null when nothing was pruned. */
  readonly savings: string | null;
  /** Front of several objectives, or the best configurations: numbers of their trials, the best first. */
  readonly best_trials: readonly number[];
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
  readonly startedAtMs: number | null;
  readonly finishedAtMs: number | null;
  readonly exitCode: number | null;
  readonly reason: string | null;
  readonly device: string | null;
  readonly hasLog: boolean;
};

export type TrialInfo = {
  readonly number: number;
  readonly state: string;
  readonly feasible: boolean | null;
  readonly values: readonly number[] | null;
  readonly params: Params;
  readonly seed: number | null;
  readonly configuration: number | null;
  /** Numbers of all trials of the same configuration. */
  readonly repeats: readonly number[];
  readonly metrics: readonly {
    readonly name: string;
    readonly steps: readonly number[];
    readonly values: readonly (number | string)[];
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

/** Something was committed. `revision` is what `since` takes; the page fetches what changed. */
export type ChangeEvent =
  | { readonly study: string; readonly revision: number; readonly state: StudyState }
  | { readonly studies: true };

export type ControlAnswer = { readonly text: string; readonly data: { readonly [key: string]: JsonValue } };
