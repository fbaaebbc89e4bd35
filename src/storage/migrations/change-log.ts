/** The lowest bits of a revision, which are random. */
export const RANDOM_BITS = 21;

/**
 * The log of changed trials: one row for each trial, with the revision of its last change. Revisions ascend in the order
 * of commits. Their lowest bits are random, so that two copies of a file that are written apart have different ones, and
 * a summary of one copy is never taken for one of the other. Triggers write it, so that it also has what Optuna and older
 * versions of hpo write.
 *
 * The trial with the highest revision is not logged again: a trial is mostly written many times in a row. So a reader asks
 * for the revisions from the last one that it knows, that one included. The row with the highest revision is never deleted,
 * so that no later revision is lower.
 */
export const CHANGE_LOG: readonly string[] = [
  `CREATE TABLE hpo_changes (
      revision INTEGER NOT NULL PRIMARY KEY,
      trial_id INTEGER NOT NULL UNIQUE,
      study_id INTEGER
    )`,
  `INSERT INTO hpo_changes (revision, trial_id, study_id)
      SELECT (trial_id << ${RANDOM_BITS}) | (random() & ${2 ** RANDOM_BITS - 1}), trial_id, study_id FROM trials`,
  // Always: an id may have been used before, so that its row is the last one and belongs to another study.
  trigger('trials', 'insert', 'NEW.trial_id', []),
  trigger('trials', 'update', 'NEW.trial_id'),
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
    trigger(table, 'insert', 'NEW.trial_id'),
    trigger(table, 'update', 'NEW.trial_id'),
    // What is deleted after its trial is no change.
    trigger(table, 'delete', 'OLD.trial_id', [
      unlessLast('OLD.trial_id'),
      'EXISTS (SELECT 1 FROM trials WHERE trial_id = OLD.trial_id)',
    ]),
  ]),
  `CREATE TRIGGER hpo_changed_trials_delete AFTER DELETE ON trials BEGIN
      DELETE FROM hpo_changes WHERE trial_id = OLD.trial_id AND revision < (SELECT MAX(revision) FROM hpo_changes);
    END`,
  // Notes on trials lie among the attributes of the study: dashboard:ID:note_str:PART.
  note('insert', 'NEW'),
  note('update', 'NEW'),
  note('delete', 'OLD'),
];

type Event = 'insert' | 'update' | 'delete';

function note(event: Event, row: 'NEW' | 'OLD'): string {
  const trial = `CAST(substr(${row}."key", 11) AS INTEGER)`;
  return trigger('study_system_attributes', event, trial, [
    `${row}."key" LIKE 'dashboard:%:note_str:%'`,
    unlessLast(trial),
  ]);
}

function unlessLast(trial: string): string {
  return `(SELECT trial_id FROM hpo_changes ORDER BY revision DESC LIMIT 1) IS NOT ${trial}`;
}

function trigger(
  table: string,
  event: Event,
  trial: string,
  conditions: readonly string[] = [unlessLast(trial)],
): string {
  const when = conditions.length === 0 ? '' : `WHEN ${conditions.join(' AND ')} `;
  const next = `(SELECT (((COALESCE(MAX(revision), 0) >> ${RANDOM_BITS}) + 1) << ${RANDOM_BITS})
        | (random() & ${2 ** RANDOM_BITS - 1}) FROM hpo_changes)`;
  const study = `(SELECT study_id FROM trials WHERE trial_id = ${trial})`;
  return `CREATE TRIGGER hpo_changed_${table}_${event} AFTER ${event.toUpperCase()} ON ${table} ${when}BEGIN
      UPDATE hpo_changes SET revision = ${next}, study_id = ${study} WHERE trial_id = ${trial};
      INSERT INTO hpo_changes (revision, trial_id, study_id) SELECT ${next}, ${trial}, ${study}
        WHERE NOT EXISTS (SELECT 1 FROM hpo_changes WHERE trial_id = ${trial});
    END`;
}
