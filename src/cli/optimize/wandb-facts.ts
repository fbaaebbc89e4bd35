import type { TrialStatus } from '../../loggers/wandb/delivery.js';
import type { Storage } from '../../storage/storage.js';
import { readTrialRow } from '../../storage/trial-row.js';
import type { StudyIdentity } from '../../study/study-context.js';

/** Tells a study from others of its name: those before it, and those in other databases. */
export async function studyKey(storage: Storage, { name }: Pick<StudyIdentity, 'name'>): Promise<string> {
  const record = await storage.findStudy(name);
  return JSON.stringify([name, record?.createdAtMs ?? null, record?.seed ?? null]);
}

/** What a logger that missed a trial's end asks the database. */
export function makeLookUp(
  storage: Storage,
  studyId: number,
): (trial: number) => Promise<TrialStatus | null> {
  return async (trial) => {
    const row = await readTrialRow(storage, studyId, trial);
    if (row === null) return null;
    const { attempt, state, queued, values, reason, finishedAtMs } = row;
    const told = { values, feasible: null, reason };
    const isOpen = state === 'running' || state === 'waiting';
    return {
      attempt,
      outcome: isOpen ? (queued ? { ...told, state: 'queued' } : null) : { ...told, state },
      finishedAtMs,
      points: async () => {
        const points = await storage.metrics(studyId, trial);
        // By steps, final values last.
        const place = (step: number | null) => step ?? Number.POSITIVE_INFINITY;
        return points.toSorted((a, b) =>
          place(a.step) < place(b.step) ? -1 : Number(place(a.step) > place(b.step)),
        );
      },
    };
  };
}
