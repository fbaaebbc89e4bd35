import type { Direction, JsonValue, TrialState } from '../../core/trial.js';
import type { NewChoices } from '../choice-lists.js';
import type { EndedAttempt } from './attempt-records.js';
import type { PartialParams } from './trial-records.js';

export type StudyRecord = {
  readonly id: number;
  readonly name: string;
  /** Random text that names the study in this file and in copies of it. Null for a study that another program made. */
  readonly uid: string | null;
  readonly directions: readonly Direction[];
  /** Null for a study that Optuna made. */
  readonly seed: number | null;
  /** What `src/study` stored with it. The storage does not read it, except for names of metrics. Null for a study that Optuna made. */
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
  /**
   * Lists of choices that parameters have from now on, by name. Trials keep their values. Every trial is stored with one list, that
   * of all choices that the parameter has had, since Optuna opens no study whose trials have different ones.
   */
  readonly choices?: NewChoices;
};

/** Objectives that become other metrics, or the same ones read in another way; as many as before. */
export type ObjectiveChange = {
  /** Names of the objectives before and after the change. */
  readonly before: readonly string[];
  readonly now: readonly string[];
  /**
   * Returns the objectives of a finished trial from the stored values of each metric, null where there are none.
   * `withoutAttempt`: no attempt of hpo ran it, so a final value comes from its asker or from another program.
   */
  readonly values: (
    trial: { readonly state: 'complete' | 'pruned'; readonly withoutAttempt: boolean },
    stored: readonly StoredSeries[],
  ) => readonly (number | null)[];
};

/** The stored values of one metric of a trial; `steps` ascend. */
export type StoredSeries = { readonly steps: ReadonlyMap<number, number>; readonly final: number | null };

/** `trials`: complete and pruned trials. `without`: for each objective, how many of them have no value. */
export type Recomputed = { readonly trials: number; readonly without: readonly number[] };

export type StudySummary = StudyRecord & {
  readonly counts: Readonly<Record<TrialState, number>>;
  /** How many of the running trials are paused. */
  readonly pausedTrials: number;
  readonly configurations: number;
  /** Why its rows cannot be read; everything but the name and the id is empty then. Null: they can be read. */
  readonly broken: string | null;
};

/** Commands to the orchestrators of the study. */
export type StoredControl = {
  /** Counts the writes; 0: none yet. */
  readonly revision: number;
  /** What `writeControl` stored; null: nothing yet. */
  readonly control: JsonValue;
  /** Ids of running attempts that somebody asked to stop. */
  readonly stopRequests: readonly number[];
};

/** `gone`: there is no file at the path any more; `replaced`: there is another one. */
export type FileState = 'in-place' | 'gone' | 'replaced';

/** `uid`: of the original. `ended`: how its running attempts end in the copy. */
export type Separation = { readonly uid: string; readonly ended: EndedAttempt };

/** The study of a copied file after it got a uid of its own. `requeued`: how many running trials were queued again. */
export type Separated = { readonly uid: string; readonly requeued: number };

export type Counts = {
  /** Trials of any state, including those of other programs. As fast with many as with few. */
  readonly trials: number;
  /** The same, with the repeats that the configurations still get. A configuration with a pruned trial gets none. */
  readonly committed: number;
  /** Trials that another program made. */
  readonly external: number;
  /** Distinct steps that the trials have reported, summed over the trials. */
  readonly epochs: number;
  /** The highest repeat that a configuration has had a trial of, plus one. */
  readonly repeats: number;
};

export type TrialCounts = Pick<Counts, 'trials' | 'committed'>;

/** The rows of a study by their table, as they are stored. */
export type StudyRows = {
  readonly rows: Readonly<Record<string, readonly Readonly<Record<string, string | number | null>>[]>>;
  /** The version of Optuna whose clock the times of other programs are in. */
  readonly libraryVersion: string | null;
};
