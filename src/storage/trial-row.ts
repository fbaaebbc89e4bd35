import type { StudyReader, TrialRow } from './storage.js';

/** The row of one trial, or null when the study has no trial of this number. */
export async function readTrialRow(
  reader: Pick<StudyReader, 'rows'>,
  studyId: number,
  number: number,
): Promise<TrialRow | null> {
  const [row] = await reader.rows(studyId, number, 1);
  return row ?? null;
}
