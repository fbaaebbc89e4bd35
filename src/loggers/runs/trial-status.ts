import type { MetricPoint } from '../../executors/executor.js';
import type { StudyReader } from '../study-reader.js';
import type { Outcome } from './run-format.js';

/** What the database says about a trial. */
export type TrialStatus = {
  /** Its newest attempt. */
  readonly attempt: number;
  /** How the attempt ended; null while it runs. */
  readonly outcome: Outcome | null;
  readonly finishedAtMs: number | null;
  /** Reads every value of that attempt, in order of steps, final values last. */
  readonly points: () => Promise<readonly MetricPoint[]>;
};

/** Returns the status of a trial; null when the study has no trial of this number. */
export type LookUp = (trial: number) => Promise<TrialStatus | null>;

/** Returns a function that reads the status of a trial from the database. */
export function makeLookUp(reader: StudyReader, studyId: number): LookUp {
  return async (trial) => {
    const [row] = await reader.rows(studyId, trial, 1);
    if (row?.number !== trial) return null;
    const { attempt, state, queued, pausedAt, values, reason, finishedAtMs } = row;
    const ended = { values, feasible: null, reason };
    const isOpen = state === 'running' || state === 'waiting';
    const resting = pausedAt !== null ? 'paused' : queued ? 'queued' : null;
    return {
      attempt,
      outcome: !isOpen ? { ...ended, state } : resting === null ? null : { ...ended, state: resting },
      finishedAtMs,
      points: async () => {
        const points = await reader.metrics(studyId, trial);
        const order = (step: number | null) => step ?? Number.MAX_VALUE;
        return points.toSorted((a, b) => order(a.step) - order(b.step));
      },
    };
  };
}
