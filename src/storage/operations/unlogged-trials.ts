import { RANDOM_BITS } from '../migrations/change-log.js';
import { num, type Operation, type Row, sql, text, textOrNull } from '../statement.js';
import type { StampSums, TrialChanges } from '../storage.js';

// A file that only Optuna has written, and that hpo only reads. Optuna changes no trial that is finished, and notes have a
// version. So what changed is what was unfinished, what is new, and what has another version of its note.

type Mark = {
  /** The highest id that was read. */
  readonly above: number;
  /** Ids of trials that were unfinished. */
  readonly open: readonly number[];
  /** Versions of notes by trial id. */
  readonly notes: Readonly<Record<string, string>>;
};

const NOTHING: Mark = { above: 0, open: [], notes: {} };

export function* unloggedTrials(
  studyId: number,
  since: string | null,
  limit: number,
): Operation<Omit<TrialChanges, 'study'>> {
  const before = markOf(since);
  const notes = yield* noteVersions(studyId);
  const added = yield sql(
    `${TRIALS} AND trial_id > ? ORDER BY trial_id LIMIT ?`,
    studyId,
    before.above,
    limit,
  );
  const above = added.length > 0 ? num(added.at(-1) as Row, 'trial_id') : before.above;
  const again = yield* readAll(studyId, againIn(before, notes));
  const all = [...again, ...added];
  return {
    mark: JSON.stringify({ above, open: all.filter(isOpen).map(idOf), notes } satisfies Mark),
    isAll: added.length < limit,
    trials: all.map((row) => ({ id: idOf(row), number: num(row, 'number'), stamp: stampOf(row) })),
  };
}

export function* unloggedStampsBefore(studyId: number, mark: string): Operation<StampSums> {
  const before = markOf(mark);
  const again = new Set(againIn(before, yield* noteVersions(studyId)));
  const rows = yield sql(`${TRIALS} AND trial_id <= ?`, studyId, before.above);
  let [count, low, high] = [0, 0, 0];
  for (const row of rows) {
    if (again.has(idOf(row))) continue;
    const stamp = stampOf(row);
    count += 1;
    low += stamp % 2 ** RANDOM_BITS;
    high += Math.floor(stamp / 2 ** RANDOM_BITS);
  }
  return { count, low, high };
}

const TRIALS = 'SELECT trial_id, number, state, datetime_complete FROM trials WHERE study_id = ?';

const idOf = (row: Row) => num(row, 'trial_id');
const isOpen = (row: Row) => row.state === 'RUNNING' || row.state === 'WAITING';

/** Ids up to `above` that are read again. */
function againIn(before: Mark, notes: Mark['notes']): number[] {
  const isOther = (id: string) => notes[id] !== before.notes[id];
  const noted = [...Object.keys(notes), ...Object.keys(before.notes)].filter(isOther).map(Number);
  return [...new Set([...before.open, ...noted])].filter((id) => id <= before.above).sort((a, b) => a - b);
}

function* readAll(studyId: number, ids: readonly number[]): Operation<readonly Row[]> {
  const rows: Row[] = [];
  for (const id of ids) rows.push(...(yield sql(`${TRIALS} AND trial_id = ?`, studyId, id)));
  return rows;
}

function* noteVersions(studyId: number): Operation<Mark['notes']> {
  const rows = yield sql(
    `SELECT "key", value_json FROM study_system_attributes
      WHERE study_id = ? AND "key" LIKE 'dashboard:%:note_ver' ORDER BY "key"`,
    studyId,
  );
  return Object.fromEntries(rows.map((row) => [text(row, 'key').split(':')[1], text(row, 'value_json')]));
}

/** From the state and the end of a trial, by the hash of Fowler, Noll and Vo. */
function stampOf(row: Row): number {
  let [low, high] = [0x811c9dc5, 0x01000193];
  for (const character of `${text(row, 'state')} ${textOrNull(row, 'datetime_complete')}`) {
    low = Math.imul(low ^ character.charCodeAt(0), 0x01000193);
    high = Math.imul(high ^ low, 0x85ebca6b);
  }
  return (high >>> 0) * 2 ** RANDOM_BITS + ((low >>> 0) % 2 ** RANDOM_BITS);
}

/** The beginning for a mark of another kind: then everything is read again. */
function markOf(mark: string | null): Mark {
  return mark?.startsWith('{') ? (JSON.parse(mark) as Mark) : NOTHING;
}
