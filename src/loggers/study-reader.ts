import type { GpuUse } from '../core/gpu-use.js';
import type { StudySpec } from '../core/spec.js';
import type { MetricPoint } from '../executors/executor.js';
import type { TrialResult } from '../results/combine.js';
import type { TrialRow as ResultRow } from '../results/trial-table.js';

/**
 * What a logger may read of a study. Storage satisfies it; loggers do not import storage. Every call reads what is committed
 * at that moment.
 */
export interface StudyReader {
  /** Trials in order of their numbers, at most `limit`, starting at `fromNumber`. */
  rows(studyId: number, fromNumber: number, limit: number): Promise<readonly TrialRow[]>;
  /** Numbers of the trials that changed since a mark, and where to continue; null: from the beginning. */
  changedTrials(
    studyId: number,
    since: string | null,
    limit: number,
  ): Promise<{
    /** Names the study in its database; null: there is none. */
    readonly study: string | null;
    readonly mark: string;
    readonly isAll: boolean;
    /** A stamp is another one after each change of the trial. */
    readonly trials: readonly { readonly number: number; readonly stamp: number }[];
  }>;
  /**
   * Names of all reported metrics, sorted, whether the GPU usage of any trial is known, and whether any trial continues the
   * checkpoint of another one.
   */
  columns(
    studyId: number,
  ): Promise<{ readonly metrics: readonly string[]; readonly gpuUse: boolean; readonly forked: boolean }>;
  /** Every reported value of the current attempt of one trial. */
  metrics(studyId: number, trialNumber: number): Promise<readonly MetricPoint[]>;
}

/** One trial with its current attempt. */
export type TrialRow = ResultRow & {
  readonly device: string | null;
  /** Null when unknown. */
  readonly gpuUse: GpuUse | null;
  readonly exitCode: number | null;
  /** How far it violates each limit of the study, <= 0 where it does not; empty where nobody knows. */
  readonly violations: readonly number[];
};

/** What a logger knows about the study when it opens. */
export type StudyInfo = {
  /** Id of the study, for the reader. */
  readonly id: number;
  readonly name: string;
  /** Together with name and seed this distinguishes the study from others of the same name. Null when unknown. */
  readonly createdAtMs: number | null;
  readonly seed: number | null;
  readonly spec: StudySpec;
  readonly progress: ProgressAtStart;
};

/** How far the study is when a sweep starts. */
export type ProgressAtStart = {
  /** Number of trials that the study will have after the sweep; null when unknown. */
  readonly total: number | null;
  /** Number of trials finished before this sweep. */
  readonly done: number;
  /** Numbers of the trials that are paused then. */
  readonly paused: readonly number[];
  /** Number of slots of this sweep. */
  readonly slots: number;
  /** How long after its start the sweep begins no further trial; null without a limit. */
  readonly timeoutMs: number | null;
  /**
   * Finished trials by configuration: of the best one or the Pareto front, and of those with unfinished repeats. Others may
   * be among them. `number` null: another program created the configuration.
   */
  readonly configurations: readonly {
    readonly number: number | null;
    readonly trials: readonly FinishedTrial[];
  }[];
};

/** A finished trial, as far as rankings need it. */
export type FinishedTrial = TrialResult & { readonly number: number };
