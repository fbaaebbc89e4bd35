import type { Distribution, Params } from '../../core/distribution.js';
import type { GpuUse } from '../../core/gpu-use.js';
import type { Direction, TrialState } from '../../core/trial.js';
import type { ChoiceList } from '../choice-lists.js';
import type { AttemptRecord, ConfigRecord, PartialParams } from '../storage.js';
import { noStudy } from '../validation.js';
import type { Series } from './series.js';

/** A study with everything that belongs to it. */
export type Study = {
  readonly id: number;
  name: string;
  uid: string;
  directions: readonly Direction[];
  readonly seed: number;
  /** As text, so that every reader gets a new object, as from a file. */
  specJson: string;
  readonly createdAtMs: number;
  /** Indices that are reserved for configurations without parameters. */
  readonly reservations: Map<number, Reservation>;
  nextIndex: number;
  /** The configuration with number n at index n. */
  readonly configs: Config[];
  readonly keys: Set<string>;
  /** The trial with number n at index n. */
  readonly trials: Trial[];
  readonly unfinished: Set<Trial>;
  /** How many trials have no configuration: they wait, or were rejected. */
  unconfigured: number;
  readonly metricNames: Set<string>;
  /** As text, like the specification. */
  control: { readonly revision: number; readonly json: string };
  /** User attributes by name, as text. */
  readonly attributes: Map<string, string>;
  /** Trials by their last change, the newest last. Entries of earlier changes of a trial stay until they are many. */
  log: { readonly trial: Trial; readonly revision: number }[];
  /** Every parameter with each of its distributions as Optuna writes it, in the order in which they came. */
  readonly seen: Map<string, Set<string>>;
  /** The distributions of the trial that was noted last. */
  noted: Trial['distributions'] | null;
  /** By parameter, where its list of choices has changed: the one that all trials have. */
  readonly choices: Map<string, ChoiceList>;
};

/** An index reserved by `owner`; null: released, to be used again. */
export type Reservation = {
  readonly id: number;
  readonly study: Study;
  readonly index: number;
  owner: string | null;
};

/** `record` is frozen, so that callers get it without a copy. */
export type Config = {
  readonly record: ConfigRecord;
  readonly study: Study;
  readonly repeats: Set<number>;
  /** Of the parameters, in their order. */
  readonly distributions: readonly (readonly [name: string, distribution: Distribution])[];
  /** The first trial. Every later one gets its parameters. Null before there is one. */
  first: Trial | null;
};

export type Trial = {
  readonly id: number;
  readonly number: number;
  readonly study: Study;
  /** Null for an enqueued trial that nobody has taken. */
  config: Config | null;
  /** Frozen. Those of its configuration, and those that it named itself. */
  params: Params;
  /** Of the parameters, in their order. */
  distributions: readonly (readonly [name: string, distribution: Distribution])[];
  /** The parameters that it was enqueued with. */
  readonly fixed: PartialParams;
  repeat: number;
  seed: number | null;
  /** The program that runs it without an attempt, and from which it may be taken. */
  asker: string | null;
  state: TrialState;
  /** Frozen. */
  values: readonly number[] | null;
  /** The newest one, frozen; null when there never was one. */
  attempt: AttemptRecord | null;
  /** Every one, the oldest first, frozen. */
  attempts: AttemptRecord[];
  /** Frozen. How far it violates each limit. */
  violations: readonly number[];
  /** When the newest attempt started; null before the first. */
  startedAtMs: number | null;
  finishedAtMs: number | null;
  exitCode: number | null;
  reason: string | null;
  /** By name. */
  readonly metrics: Map<string, Series>;
  /** Whether the newest attempt began with reports of the objective. */
  inheritsObjective: boolean;
  /** The objective by step: what Optuna calls intermediate values. */
  objective: Series;
  /** The step at which it is paused; null: it is not. */
  pausedAt: number | null;
  /** Frozen. */
  gpuUse: GpuUse | null;
  note: string | null;
  tags: readonly string[];
  hidden: boolean;
  /** User attributes as JSON, by name. */
  attrs: ReadonlyMap<string, string>;
  /** Of its last change: higher than that of every earlier change. */
  revision: number;
};

/** Everything that is stored. Ids only grow: none is used twice, even after a deletion. */
export class Tables {
  readonly studies = new Map<number, Study>();
  readonly reservations = new Map<number, Reservation>();
  readonly configs = new Map<number, Config>();
  readonly trials = new Map<number, Trial>();
  /** The records are frozen: a change puts a new record in the place of the old one. */
  readonly attempts = new Map<number, AttemptRecord>();
  #revision = 0;
  #newest = { study: 0, reservation: 0, config: 0, trial: 0, attempt: 0 };

  newId(of: 'study' | 'reservation' | 'config' | 'trial' | 'attempt'): number {
    this.#newest[of] += 1;
    return this.#newest[of];
  }

  studyCalled(name: string): Study | undefined {
    for (const study of this.studies.values()) if (study.name === name) return study;
    return undefined;
  }

  /** Replaces a trial's newest attempt, or adds one. */
  setAttempt(trial: Trial, attempt: AttemptRecord): AttemptRecord {
    Object.freeze(attempt);
    if (trial.attempt?.id === attempt.id) trial.attempts.pop();
    trial.attempts.push(attempt);
    trial.attempt = attempt;
    this.attempts.set(attempt.id, attempt);
    this.noteChange(trial);
    return attempt;
  }

  /** Every change of a trial is noted. */
  noteChange(trial: Trial): void {
    const { study } = trial;
    this.#revision += 1;
    trial.revision = this.#revision;
    study.log.push({ trial, revision: trial.revision });
    if (study.log.length > 2 * study.trials.length + 64)
      study.log = study.log.filter((each) => each.trial.revision === each.revision);
  }
}

/** The trial of a running attempt, or null. */
export function trialOfRunning(
  tables: Tables,
  attemptId: number,
): (Trial & { attempt: AttemptRecord }) | null {
  const trial = tables.trials.get(tables.attempts.get(attemptId)?.trialId ?? -1);
  const runs = trial?.attempt?.id === attemptId && trial.attempt.finishedAtMs === null;
  return runs ? (trial as Trial & { attempt: AttemptRecord }) : null;
}

/** @throws HpoError storage.no-study */
export function studyOf(tables: Tables, studyId: number): Study {
  const study = tables.studies.get(studyId);
  if (!study) throw noStudy(studyId);
  return study;
}
