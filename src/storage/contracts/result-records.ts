import type { AttemptCause } from '../../core/attempt-cause.js';
import type { Distribution, Params } from '../../core/distribution.js';
import type { GpuUse } from '../../core/gpu-use.js';
import type { TrialState } from '../../core/trial.js';
import type { ConfigRecord, TrialRecord } from './trial-records.js';

/** Everything a table of results shows of one trial. */
export type TrialRow = {
  readonly id: number;
  readonly number: number;
  /** Null for a trial that another program made. */
  readonly configuration: number | null;
  /** 0 when hpo never ran an attempt of it. */
  readonly attempt: number;
  readonly state: TrialState;
  /** Unfinished and not paused, and no attempt of it runs. */
  readonly queued: boolean;
  /** The step at which it is paused; null: it is not. */
  readonly pausedAt: number | null;
  readonly seed: number | null;
  readonly device: string | null;
  readonly handle: string | null;
  readonly values: readonly number[] | null;
  /** How far it violates each limit, <= 0 where it does not; empty when there are none, or none was reported. */
  readonly violations: readonly number[];
  readonly params: Params;
  readonly forced: Params;
  /** Last value of each metric: the final one, else the one of the highest step. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Number of distinct steps that it has reported itself. */
  readonly epochs: number;
  /** The trial whose checkpoint it continues, and the last step of that; null: it began at the beginning. */
  readonly parent: { readonly trial: number; readonly step: number } | null;
  /** Null where nobody has looked. */
  readonly gpuUse: GpuUse | null;
  readonly startedAtMs: number | null;
  readonly finishedAtMs: number | null;
  /**
   * How long it ran: its newest attempt once that has ended, and those before that ended paused. 0 before the
   * first end.
   */
  readonly ranMs: number;
  /** When its pause began; null: it is not paused. */
  readonly pausedSinceMs: number | null;
  /** How long all its ended attempts ran, those included whose work was lost. */
  readonly spentMs: number;
  readonly exitCode: number | null;
  readonly reason: string | null;
  /** What a person wrote on the trial, here or in optuna-dashboard; null: nothing. */
  readonly note: string | null;
  readonly tags: readonly string[];
  /** A person left it out of tables and plots. */
  readonly hidden: boolean;
  /** What ended the newest attempt; null while it runs, or where there never was one. */
  readonly cause: AttemptCause | null;
};

/** A row with what only results need. */
export type ResultRow = TrialRow & {
  /** The objective by step, ascending. */
  readonly steps: ReadonlyMap<number, number>;
};

/** Which trials have changed, and up to where. */
export type TrialChanges = {
  /** Names the study; differs when another study has taken its id. Null: there is no such study. */
  readonly study: string | null;
  /** Where the next call continues. Opaque. */
  readonly mark: string;
  /** False: the limit left out later changes. */
  readonly isAll: boolean;
  /** Each trial once. `stamp`: a safe integer >= 0 that is another one after each change of the trial. */
  readonly trials: readonly { readonly id: number; readonly number: number; readonly stamp: number }[];
};

/**
 * How many stamps there are, and the sums of their parts `stamp mod 2^21` and `floor(stamp / 2^21)`. Who has the same
 * trials with the same stamps has the same sums.
 */
export type StampSums = { readonly count: number; readonly low: number; readonly high: number };

/**
 * Which metrics a study has, sorted, whether the GPU use of any trial is known, whether any trial has a note or a tag, and whether
 * any continues the checkpoint of another one.
 */
export type Columns = {
  readonly metrics: readonly string[];
  readonly gpuUse: boolean;
  readonly annotated: boolean;
  readonly forked: boolean;
};

/** One value of a metric, as stored. `step` is null for a final value, one that holds for the whole trial. */
export type StoredMetric = { readonly name: string; readonly step: number | null; readonly value: number };

/** The same, with the number of its trial. */
export type TrialMetric = StoredMetric & { readonly trial: number };

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

/** A configuration and the repeats that it has no trial of. `isPruned`: one of its trials was pruned. */
export type MissingRepeats = {
  readonly configId: number;
  readonly repeats: readonly number[];
  readonly isPruned: boolean;
};
