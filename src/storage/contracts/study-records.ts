import type { Direction, JsonValue, TrialState } from '../../core/trial.js';
import type { PartialParams } from './trial-records.js';

export type StudyRecord = {
  readonly id: number;
  readonly name: string;
  /** Random text that names the study in this file and in copies of it. Null for a study that another program made. */
  readonly uid: string | null;
  readonly directions: readonly Direction[];
  /** Null for a study that Optuna made. */
  readonly seed: number | null;
  /** What the study room stored with it; opaque here. Null for a study that Optuna made. */
  readonly spec: JsonValue;
  readonly createdAtMs: number | null;
};

export type NewStudy = {
  readonly name: string;
  readonly directions: readonly Direction[];
  readonly seed: number;
  readonly spec: JsonValue;
  readonly createdAtMs: number;
  /** Points to try first. */
  readonly enqueued?: readonly PartialParams[];
};

/** What changes in a study beside its specification. */
export type StudyChange = {
  /** As many as before. */
  readonly directions?: readonly Direction[];
  /** Points to enqueue. */
  readonly enqueued?: readonly PartialParams[];
  /** Becomes the seed of a study that has none. */
  readonly seed?: number;
  readonly objectives?: ObjectiveChange;
};

/** Objectives that are other metrics from now on, or the same ones read in another way; as many as before. */
export type ObjectiveChange = {
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

/** What a trial has stored of one metric; `steps` ascend. */
export type StoredSeries = { readonly steps: ReadonlyMap<number, number>; readonly final: number | null };

/** How many complete and pruned trials were looked at, and how many of them have no value of each objective. */
export type Recomputed = { readonly trials: number; readonly without: readonly number[] };

export type StudySummary = StudyRecord & {
  readonly counts: Readonly<Record<TrialState, number>>;
  readonly configurations: number;
  /** Why its rows cannot be read, in words; the rest but its name and id is empty then. Null: they can. */
  readonly broken: string | null;
};

/** `gone`: there is no file at the path any more; `replaced`: there is another one. */
export type FileState = 'in-place' | 'gone' | 'replaced';

/** The study of a copied file after it got a uid of its own. `requeued`: how many running trials were queued again. */
export type Separated = { readonly uid: string; readonly requeued: number };

export type Counts = {
  /** Trials of any state, whoever made them. As fast with many as with few. */
  readonly trials: number;
  /** The same, with the repeats that the configurations still get. A configuration with a pruned trial gets none. */
  readonly committed: number;
  /** Trials that another program made. */
  readonly external: number;
  /** Distinct steps that the trials have reported, summed over the trials. */
  readonly epochs: number;
};

export type TrialCounts = Pick<Counts, 'trials' | 'committed'>;
