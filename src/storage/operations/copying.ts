import { clockOfOptuna, decodeTime } from '../codec.js';
import { BadRow, num, type Operation, type Row, type SqlValue, sql, text, textOrNull } from '../statement.js';
import type { Separation, StudyRows } from '../storage.js';
import { checkStudyName, noStudy, studyExists } from '../validation.js';
import { separateCopy } from './identity.js';
import { insertRows } from './insert-rows.js';

const ROWS_PER_STATEMENT = 100;

/** A table of the rows of a study or of its trials, in the order in which rows are read and written. */
type Table = {
  readonly name: string;
  readonly of: 'study' | 'trial';
  readonly columns: readonly string[];
  readonly order: string;
};

const table = (name: string, of: Table['of'], columns: string, order: string): Table => ({
  name,
  of,
  columns: columns.split(' '),
  order,
});

const ATTRIBUTE = 'key value_json';

/** What refers to nothing but its study or its trial. Rows of other tables are written one kind after the other. */
const PLAIN: readonly Table[] = [
  table('study_directions', 'study', 'direction objective', 'objective'),
  table('study_user_attributes', 'study', ATTRIBUTE, 'study_user_attribute_id'),
  table('hpo_studies', 'study', 'seed spec_json created_at_ms study_uid', 'study_id'),
  table('hpo_drafts', 'study', 'sampler_index owner', 'sampler_index'),
  table('hpo_choices', 'study', 'param_name distribution_json', 'param_name'),
  table('hpo_study_control', 'study', 'revision control_json', 'study_id'),
  table('trial_user_attributes', 'trial', ATTRIBUTE, 'trial_user_attribute_id'),
  table('trial_system_attributes', 'trial', ATTRIBUTE, 'trial_system_attribute_id'),
  table('trial_params', 'trial', 'param_name param_value distribution_json', 'param_id'),
  table('trial_values', 'trial', 'objective value value_type', 'trial_value_id'),
  table(
    'trial_intermediate_values',
    'trial',
    'step intermediate_value intermediate_value_type',
    'trial_intermediate_value_id',
  ),
  table(
    'hpo_attempts',
    'trial',
    `attempt token owner device dir started_at_ms finished_at_ms exit_code reason stop_requested first_step inherited_json
      inherits_objective cause settled target_step`.replace(/\s+/g, ' '),
    'attempt_id',
  ),
];

const SYSTEM = table('study_system_attributes', 'study', ATTRIBUTE, 'study_system_attribute_id');
const TRIALS = table('trials', 'study', 'trial_id number state datetime_start datetime_complete', 'trial_id');
const CONFIGURATIONS = table(
  'hpo_configurations',
  'study',
  'configuration_id number sampler_index params_json forced_json config_key key_sha256 attrs_json',
  'configuration_id',
);
const OWN_TRIALS = table(
  'hpo_trials',
  'trial',
  'configuration_id number repeat seed exit_code reason asker',
  'trial_id',
);
const NAMES = table('hpo_metric_names', 'study', 'metric_id name', 'metric_id');
const METRICS = table(
  'hpo_metrics',
  'trial',
  'metric_id step value value_type',
  'trial_id, x.metric_id, x.step',
);
const CLOCKS = table('hpo_clocks', 'trial', 'ahead_min', 'trial_id');

const ALL: readonly Table[] = [...PLAIN, SYSTEM, TRIALS, CONFIGURATIONS, OWN_TRIALS, NAMES, METRICS, CLOCKS];

/** Reads every row of a study at one moment. */
export function* readStudyRows(studyId: number): Operation<StudyRows> {
  const rows: Record<string, readonly Row[]> = {};
  for (const { name, of, columns, order } of ALL) {
    const chosen = columns.map((column) => `x.${quoted(column)}`).join(', ');
    rows[name] =
      of === 'study'
        ? yield sql(`SELECT ${chosen} FROM ${name} x WHERE x.study_id = ? ORDER BY x.${order}`, studyId)
        : yield sql(
            `SELECT x.trial_id, ${chosen} FROM ${name} x JOIN trials t ON t.trial_id = x.trial_id
              WHERE t.study_id = ? ORDER BY x.${order}`,
            studyId,
          );
  }
  if (rows.study_directions?.length === 0) throw noStudy(studyId);
  const [version] = yield sql('SELECT library_version FROM version_info');
  return { rows, libraryVersion: version ? textOrNull(version, 'library_version') : null };
}

/** Writes the rows of a study of another database under new ids. @throws HpoError storage.study-exists. */
export function* writeStudyRows(
  name: string,
  { rows, libraryVersion }: StudyRows,
  separation: Separation | null,
): Operation<number> {
  checkStudyName(name);
  const [taken] = yield sql('SELECT study_id FROM studies WHERE study_name = ?', name);
  if (taken) throw studyExists(name);
  const [created] = yield sql('INSERT INTO studies (study_name) VALUES (?) RETURNING study_id', name);
  const studyId = num(created as Row, 'study_id');
  const of = (each: Table) => rows[each.name] ?? [];
  const ids: Ids = {
    study_id: () => studyId,
    trial_id: idOf(yield* insertNamed(TRIALS, studyId, of(TRIALS), 'number')),
    configuration_id: idOf(yield* insertNamed(CONFIGURATIONS, studyId, of(CONFIGURATIONS), 'number')),
    metric_id: idOf(yield* insertNamed(NAMES, studyId, of(NAMES), 'name')),
  };
  for (const each of [...PLAIN, OWN_TRIALS, METRICS]) yield* insert(each, of(each), ids);
  yield* insert(
    SYSTEM,
    of(SYSTEM).map((row) => ({ ...row, key: renamedNote(text(row, 'key'), ids) })),
    ids,
  );
  yield* writeClocks(of(CLOCKS), of(TRIALS), { own: of(OWN_TRIALS), libraryVersion, ids });
  if (separation === null) return 0;
  return (yield* separateCopy(studyId, separation.uid, separation.ended))?.requeued ?? 0;
}

/** New ids by the old ones, for each column that refers to a row. */
type Ids = Readonly<Record<string, (old: SqlValue | undefined) => number>>;

function idOf(ids: ReadonlyMap<SqlValue, number>): (old: SqlValue | undefined) => number {
  return (old) => {
    const id = ids.get(old ?? null);
    if (id === undefined) throw new BadRow(`expected a row of the study with the id ${old}, found none`);
    return id;
  };
}

/** Inserts rows that others refer to, in their order. Returns their new ids by the old ones. `name`: a column that is unique. */
function* insertNamed(
  { name: into, columns: [id = '', ...columns] }: Table,
  studyId: number,
  rows: readonly Row[],
  name: string,
): Operation<Map<SqlValue, number>> {
  const old = new Map(rows.map((row) => [row[name] ?? null, row[id] ?? null]));
  const ids = new Map<SqlValue, number>();
  for (let start = 0; start < rows.length; start += ROWS_PER_STATEMENT) {
    const some = rows.slice(start, start + ROWS_PER_STATEMENT);
    const places = some.map(() => `(?, ${columns.map(() => '?').join(', ')})`).join(', ');
    const inserted = yield sql(
      `INSERT INTO ${into} (study_id, ${columns.map(quoted).join(', ')}) VALUES ${places} RETURNING ${id}, ${name}`,
      ...some.flatMap((row) => [studyId, ...columns.map((column) => row[column] ?? null)]),
    );
    for (const row of inserted) ids.set(old.get(row[name] ?? null) ?? null, num(row, id));
  }
  // Readers rely on it: the rows of one statement get their ids in the order of the rows.
  const given = rows.map((row) => ids.get(row[id] ?? null) ?? 0);
  if (given.some((each, k) => k > 0 && each <= (given[k - 1] ?? 0)))
    throw new BadRow(`expected ids in the order of the rows of ${into}`);
  return ids;
}

function* insert({ name, of, columns }: Table, rows: readonly Row[], ids: Ids): Operation<void> {
  const all = [
    ...(of === 'study' || columns.includes('number') ? ['study_id'] : []),
    ...(of === 'trial' ? ['trial_id'] : []),
    ...columns,
  ];
  yield* insertRows(
    `${name} (${all.map(quoted).join(', ')})`,
    rows.map((row) => all.map((column) => ids[column]?.(row[column]) ?? valueIn(name, row, column))),
  );
}

/** Reserved indices belong to processes that use the original. */
function valueIn(table: string, row: Row, column: string): SqlValue {
  return table === 'hpo_drafts' && column === 'owner' ? null : (row[column] ?? null);
}

const quoted = (column: string) => (column === 'key' ? '"key"' : column);

/** A note on a trial lies among the attributes of the study, under the id of the trial. */
function renamedNote(key: string, ids: Ids): string {
  const [, before, trial, after] = /^(dashboard:)(\d+)(:note_.*)$/s.exec(key) ?? [];
  if (trial === undefined) return key;
  try {
    return `${before}${ids.trial_id?.(Number(trial))}${after}`;
  } catch {
    // Of a trial that is gone.
    return key;
  }
}

type Clocks = { readonly own: readonly Row[]; readonly libraryVersion: string | null; readonly ids: Ids };

/**
 * Writes how far the clocks of trials were ahead of UTC. Of a trial of Optuna without a note of it the version of Optuna says so,
 * which may be another one in this database.
 */
function* writeClocks(
  clocks: readonly Row[],
  trials: readonly Row[],
  { own, libraryVersion, ids }: Clocks,
): Operation<void> {
  const known = new Map(clocks.map((row) => [row.trial_id, num(row, 'ahead_min')]));
  const ours = new Set(own.map((row) => row.trial_id));
  const clock = clockOfOptuna(libraryVersion);
  for (const row of trials) {
    const started = textOrNull(row, 'datetime_start');
    const [asUtc, real] = [decodeTime(started), decodeTime(started, clock)];
    const unknown =
      ours.has(row.trial_id) || asUtc === null || real === null ? null : (asUtc - real) / 60_000;
    const ahead = known.get(row.trial_id) ?? unknown;
    const id = ids.trial_id?.(row.trial_id) ?? 0;
    if (ahead === null) continue;
    yield sql(
      `INSERT INTO hpo_clocks (trial_id, ahead_min) VALUES (?, ?)
        ON CONFLICT (trial_id) DO UPDATE SET ahead_min = excluded.ahead_min`,
      id,
      ahead,
    );
  }
}
