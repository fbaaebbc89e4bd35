import type { Params } from '../../core/distribution.js';
import { isFinished, type TrialState } from '../../core/trial.js';
import type { MetricPoint } from '../../executors/executor.js';
import type { TrialRow } from '../study-reader.js';
import { STATUS, scalarRecord, sessionEndRecord, sessionStartRecord } from './events.js';
import { TrialScalars } from './scalars.js';
import { TrialFile } from './trial-file.js';

/** What of a study is in the files of its trials. */
export type WrittenStudy = {
  /** The metrics of the objectives. */
  readonly objectives: readonly string[];
  /** Returns the name of the row of a configuration in the table of parameters; '': each trial is a row. */
  readonly groupOf: (configuration: number) => string;
};

/** An attempt as its file begins. */
export type Attempt = {
  readonly attempt: number;
  readonly configuration: number;
  readonly params: Params;
  readonly startedAtMs: number;
};

/** Writes one attempt of a trial: its parameters, the points as they come, its end. */
export class AttemptWriter {
  readonly file: TrialFile;
  readonly scalars: TrialScalars;

  private constructor(file: TrialFile, scalars: TrialScalars) {
    this.file = file;
    this.scalars = scalars;
  }

  /** Null: a later attempt has a file. */
  static begin(folder: string, study: WrittenStudy, begun: Attempt, nowMs: number): AttemptWriter | null {
    const file = TrialFile.begin(folder, begun.attempt, nowMs);
    if (file === null) return null;
    file.add(sessionStartRecord(begun.startedAtMs, begun.params, study.groupOf(begun.configuration)));
    return new AttemptWriter(file, new TrialScalars(study.objectives));
  }

  take(points: readonly MetricPoint[], atMs: number): void {
    for (const scalar of this.scalars.take(points)) this.file.add(scalarRecord(atMs, scalar));
  }

  /** Writes the end of the trial. */
  end(state: TrialState, values: readonly number[] | null, atMs: number): void {
    for (const scalar of this.scalars.end(values)) this.file.add(scalarRecord(atMs, scalar));
    this.file.add(sessionEndRecord(atMs, state === 'fail' ? STATUS.failure : STATUS.success));
  }
}

/**
 * Writes a whole trial as the database has it: in order of steps, with its end if it has ended.
 * @throws the obstacle.
 */
export function writeTrial(
  folder: string,
  study: WrittenStudy,
  row: TrialRow,
  points: readonly MetricPoint[],
  nowMs: number,
): TrialScalars | null {
  const startedAtMs = row.startedAtMs ?? nowMs;
  const atMs = Math.max(startedAtMs, row.finishedAtMs ?? nowMs);
  const { attempt, configuration, params } = row;
  const begun = { attempt, configuration: configuration ?? row.number, params, startedAtMs };
  const writer = AttemptWriter.begin(folder, study, begun, nowMs);
  if (writer === null) return null;
  const steps = points.filter(({ step }) => step !== null);
  const finals = points.filter(({ step }) => step === null);
  writer.take([...steps.sort((a, b) => (a.step ?? 0) - (b.step ?? 0)), ...finals], atMs);
  if (isFinished(row.state)) writer.end(row.state, row.values, atMs);
  writer.file.flush();
  if (writer.file.obstacle !== null) throw writer.file.obstacle;
  writer.file.discardOthers();
  return writer.scalars;
}
