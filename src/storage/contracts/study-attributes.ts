import type { Attrs, JsonValue } from '../../core/trial.js';
import type { Annotation, AnnotationChange } from '../annotation.js';

/** What is stored with studies and trials beside their search. Every operation is one transaction. */
export interface StudyAttributes {
  /**
   * Optuna's user attributes of a study, by name; those of hpo begin with `hpo:`. A value that is no JSON is left out. A study
   * that does not exist has none.
   */
  readAttributes(studyId: number): Promise<Readonly<Record<string, JsonValue>>>;
  /**
   * Stores an attribute, by compare-and-set on its value; null: it has none. Returns false, and writes nothing, when another
   * process wrote first. @throws HpoError storage.no-study.
   */
  writeAttribute(studyId: number, name: string, value: JsonValue, ifBefore: JsonValue): Promise<boolean>;
  /**
   * User attributes of the trials from a number on, at most `limit` trials, by number and in order of their names. Those of hpo
   * are left out, and so are trials without any.
   */
  readTrialAttributes(
    studyId: number,
    fromNumber: number,
    limit: number,
  ): Promise<ReadonlyMap<number, Attrs>>;
  /** Adds or replaces user attributes of a trial in any state; null removes one. Returns false for a trial that is not there. */
  writeTrialAttributes(studyId: number, number: number, attrs: Attrs): Promise<boolean>;
  /**
   * Writes a note or tags on a trial in any state, where optuna-dashboard shows notes. Returns what the trial has now, or
   * null when it does not exist.
   */
  annotate(studyId: number, number: number, change: AnnotationChange): Promise<Annotation | null>;
  /**
   * Gives a study another name. What refers to it by its id or its uid still finds it: running sweeps, outputs.
   * @throws HpoError storage.no-study; storage.study-exists, storage.bad-name (usage).
   */
  renameStudy(studyId: number, name: string): Promise<void>;
  /** When a trial last started or ended, in Unix milliseconds, by study id; studies without any are left out. */
  lastActivity(): Promise<ReadonlyMap<number, number>>;
}
