import type {
  Columns,
  MissingRepeats,
  ParameterSummary,
  StoredMetric,
  TrialMetric,
  TrialRow,
} from './result-records.js';
import type { StoredControl, StudyRecord, StudySummary } from './study-records.js';

/**
 * What shows a study reads. Every operation is one transaction that changes nothing. A study that does not exist has no
 * rows.
 */
export interface StudyReader {
  /** The study with this name, or null. */
  findStudy(name: string): Promise<StudyRecord | null>;
  /** All studies, in order of creation. */
  listStudies(): Promise<readonly StudySummary[]>;

  /** Commands to the orchestrators of the study, in one read that is fast enough for every second. */
  readControl(studyId: number): Promise<StoredControl>;
  /** Rows in order of trial number, at most `limit`, starting at `fromNumber`. */
  rows(studyId: number, fromNumber: number, limit: number): Promise<readonly TrialRow[]>;
  /** Which columns the rows of a study need beside their parameters. */
  columns(studyId: number): Promise<Columns>;
  /** Every stored value of one trial, by metric name; of each metric the final value first, then by step. */
  metrics(studyId: number, number: number): Promise<readonly StoredMetric[]>;
  /** The same of the trials from a number on, at most `limit` of them, in order of number. */
  metricsFrom(studyId: number, fromNumber: number, limit: number): Promise<readonly TrialMetric[]>;
  /** Parameters and objectives as the trials of a study show them, including trials of other programs. */
  parameterSummary(studyId: number): Promise<ParameterSummary>;
  /** Configurations that lack one of their first `repeats` trials, in order of creation. */
  missingRepeats(studyId: number, repeats: number): Promise<readonly MissingRepeats[]>;
}
