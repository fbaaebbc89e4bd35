import { num, numOrNull, type Operation, type Row, sql, textOrNull } from '../statement.js';
import type { MissingRepeats } from '../storage.js';

/** How many trials of one configuration the study has had, counted by the highest repeat. */
export function* countRepeats(studyId: number): Operation<number> {
  const [row] = yield sql(
    'SELECT COALESCE(MAX(repeat), -1) + 1 AS n FROM hpo_trials WHERE study_id = ? AND configuration_id IS NOT NULL',
    studyId,
  );
  return num(row as Row, 'n');
}

export function* missingRepeats(studyId: number, repeats: number): Operation<readonly MissingRepeats[]> {
  const rows = yield sql(
    `SELECT c.configuration_id, h.repeat, t.state FROM hpo_configurations c
      LEFT JOIN hpo_trials h ON h.configuration_id = c.configuration_id
      LEFT JOIN trials t ON t.trial_id = h.trial_id
      WHERE c.study_id = ? AND c.configuration_id NOT IN (
        SELECT configuration_id FROM hpo_trials WHERE study_id = ? AND configuration_id IS NOT NULL AND repeat < ?
          GROUP BY configuration_id HAVING COUNT(*) >= ?)
      ORDER BY c.configuration_id, h.repeat`,
    studyId,
    studyId,
    repeats,
    repeats,
  );
  const found = new Map<number, { done: Set<number>; isPruned: boolean }>();
  for (const row of rows) {
    const id = num(row, 'configuration_id');
    const known = found.get(id) ?? { done: new Set(), isPruned: false };
    const repeat = numOrNull(row, 'repeat');
    if (repeat !== null) known.done.add(repeat);
    known.isPruned ||= textOrNull(row, 'state') === 'PRUNED';
    found.set(id, known);
  }
  const all = Array.from({ length: repeats }, (_, repeat) => repeat);
  return [...found].map(([configId, { done, isPruned }]) => ({
    configId,
    repeats: all.filter((repeat) => !done.has(repeat)),
    isPruned,
  }));
}
