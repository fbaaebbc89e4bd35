import { type HpoError, usageError } from '../core/errors.js';
import type { Storage, StudyRecord, TrialRow } from '../storage/storage.js';

/** Returns a trial by its number. @throws HpoError trial.not-found (usage). */
export async function findTrial(
  storage: Pick<Storage, 'rows'>,
  study: Pick<StudyRecord, 'id' | 'name'>,
  number: number,
): Promise<TrialRow> {
  const [row] = await storage.rows(study.id, number, 1);
  if (row?.number === number) return row;
  throw noSuchTrial(study.name, number);
}

/** The error for a number that no trial has. */
export function noSuchTrial(study: string, number: number): HpoError {
  return usageError('trial.not-found', `study ${study} has no trial ${number}`, { fix: 'see hpo trials' });
}
