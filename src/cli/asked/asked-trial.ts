import { usageError } from '../../core/errors.js';
import { withMicroSign } from '../../core/metric-name.js';
import type { StudySpec } from '../../core/spec.js';
import type { ReportedPoint, StudyReader, UnfinishedTrial } from '../../storage/storage.js';
import { readTrialRow } from '../../storage/trial-row.js';
import type { StudyRows } from '../../study/study-context.js';
import { noSuchTrial } from '../studies.js';

/** The study of a trial that somebody asked for. */
export type AskedRows = StudyRows<StudyReader> & {
  readonly name: string;
  findUnfinished(number: number): Promise<UnfinishedTrial | null>;
};

/** What a trial has reported. `step` null: final values of the whole trial. */
type Reported = {
  readonly step: number | null;
  readonly metrics: readonly { readonly name: string; readonly value: number }[];
};

type ReportingStudy = AskedRows & {
  readonly spec: Pick<StudySpec, 'objectives'>;
  report(trialId: number, attemptId: number | null, points: readonly ReportedPoint[]): Promise<boolean>;
};

/** Stores what a trial that somebody asked for has reported. @throws HpoError as `mustBeAsked`. */
export async function reportTrial(
  study: ReportingStudy,
  number: number,
  { step, metrics }: Reported,
): Promise<void> {
  const { trial } = await mustBeAsked(study, number);
  const objective = study.spec.objectives[0]?.metric;
  const points = metrics.map(({ name: written, value }) => {
    const name = withMicroSign(written);
    return { name, step, value, objective: name === objective && step !== null };
  });
  if (!(await study.report(trial.id, null, points))) throw notYours(number);
}

/** @throws HpoError when the trial is finished, missing, or run by hpo itself (usage errors). */
export async function mustBeAsked(study: AskedRows, number: number): Promise<UnfinishedTrial> {
  const found = await study.findUnfinished(number);
  if (!found) {
    const row = await readTrialRow(study.storage, study.id, number);
    if (!row) throw noSuchTrial(study.name, number);
    throw usageError('trial.finished', `expected a running trial, but trial ${number} is ${row.state}`, {
      fix: 'ask for another one: hpo ask',
    });
  }
  if (found.attempt) throw notYours(number);
  return found;
}

function notYours(number: number) {
  return usageError(
    'trial.not-yours',
    `trial ${number} is managed by hpo optimize; hpo report is for trials of hpo ask`,
    { fix: 'print METRIC lines in its trainer' },
  );
}
