import { RANDOM_BITS } from '../migrations/change-log.js';
import { triggerFunction } from './trigger-function.js';

/**
 * The log of changed trials: one row for each trial, with the transaction of its last change. A reader asks for the rows whose
 * transaction its last snapshot did not see. So the order is that of the commits, although no writer waits for another one: a
 * transaction that began earlier and commits later is not in the snapshot, whatever its number.
 *
 * Revisions only distinguish changes: their lowest bits are random, as in files, so that a summary of one database is never
 * taken for one of its copy. Triggers write the log, so that it also has what Optuna writes.
 */
export const CHANGE_LOG: readonly string[] = [
  'CREATE SEQUENCE hpo_revisions',
  `CREATE TABLE hpo_changes (
      trial_id INTEGER NOT NULL PRIMARY KEY,
      study_id INTEGER,
      xid xid8 NOT NULL,
      revision BIGINT NOT NULL
    )`,
  'CREATE INDEX hpo_changes_since ON hpo_changes (study_id, xid, revision)',
  define('hpo_log_new', logged('SELECT DISTINCT trial_id FROM hpo_new_rows')),
  define('hpo_log_old', logged('SELECT DISTINCT trial_id FROM hpo_old_rows')),
  // Notes on trials lie among the attributes of the study: dashboard:ID:note_str:PART.
  define('hpo_log_new_notes', logged(notedIn('hpo_new_rows'))),
  define('hpo_log_old_notes', logged(notedIn('hpo_old_rows'))),
  define(
    'hpo_forget_trials',
    'DELETE FROM hpo_changes WHERE trial_id IN (SELECT trial_id FROM hpo_old_rows); DELETE FROM hpo_clocks WHERE trial_id IN (SELECT trial_id FROM hpo_old_rows);',
  ),
  trigger('trials', 'insert', 'hpo_log_new'),
  trigger('trials', 'update', 'hpo_log_new'),
  trigger('trials', 'delete', 'hpo_forget_trials'),
  ...[
    'trial_params',
    'trial_values',
    'trial_intermediate_values',
    'trial_user_attributes',
    'trial_system_attributes',
    'hpo_trials',
    'hpo_attempts',
    'hpo_metrics',
  ].flatMap((table) => [
    trigger(table, 'insert', 'hpo_log_new'),
    trigger(table, 'update', 'hpo_log_new'),
    trigger(table, 'delete', 'hpo_log_old'),
  ]),
  trigger('study_system_attributes', 'insert', 'hpo_log_new_notes'),
  trigger('study_system_attributes', 'update', 'hpo_log_new_notes'),
  trigger('study_system_attributes', 'delete', 'hpo_log_old_notes'),
  // After the triggers, which lock the tables: nobody writes a trial in between.
  logged('SELECT trial_id FROM trials'),
];

/** What is deleted after its trial is no change. One transaction logs a trial once. */
function logged(trials: string): string {
  return `INSERT INTO hpo_changes (trial_id, study_id, xid, revision)
      SELECT t.trial_id, t.study_id, pg_current_xact_id(),
        (nextval('hpo_revisions') << ${RANDOM_BITS}) | floor(random() * ${2 ** RANDOM_BITS})::bigint
      FROM (${trials}) AS changed JOIN trials t ON t.trial_id = changed.trial_id
      LEFT JOIN hpo_changes known ON known.trial_id = t.trial_id
      WHERE known.xid IS DISTINCT FROM pg_current_xact_id() ORDER BY t.trial_id
      ON CONFLICT (trial_id) DO UPDATE SET study_id = excluded.study_id, xid = excluded.xid, revision = excluded.revision;`;
}

function notedIn(rows: string): string {
  return `SELECT DISTINCT CAST(split_part("key", ':', 2) AS INTEGER) AS trial_id FROM ${rows}
        WHERE "key" ~ '^dashboard:[0-9]{1,9}:note_str:'`;
}

/** What a trigger that runs after a statement returns counts for nothing. */
function define(name: string, body: string): string {
  return triggerFunction(name, `${body} RETURN NULL;`);
}

type Event = 'insert' | 'update' | 'delete';

/** Once for each statement, however many rows it writes. */
function trigger(table: string, event: Event, run: string): string {
  const rows = event === 'delete' ? 'OLD TABLE AS hpo_old_rows' : 'NEW TABLE AS hpo_new_rows';
  return `CREATE TRIGGER hpo_changed_${table}_${event} AFTER ${event.toUpperCase()} ON ${table}
      REFERENCING ${rows} FOR EACH STATEMENT EXECUTE FUNCTION ${run}()`;
}
