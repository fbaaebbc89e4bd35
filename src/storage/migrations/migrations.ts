import { CHANGE_LOG } from './change-log.js';

/**
 * hpo's tables beside Optuna's, in SQLite's words. A released migration never changes; a new need is a new entry at the end.
 * Ids are AUTOINCREMENT where a process may outlive the row whose id it keeps: then no id is used twice. A table or column is
 * never renamed, since a sweep of an older hpo may have the file open while a newer one upgrades it.
 */
export const MIGRATIONS: readonly (readonly string[])[] = [
  [
    `CREATE TABLE hpo_studies (
      study_id INTEGER NOT NULL PRIMARY KEY REFERENCES studies (study_id),
      seed INTEGER,
      spec_json TEXT NOT NULL,
      created_at_ms INTEGER
    )`,
    // Index reservations: indices of configurations without parameters. owner NULL: released, to be used again.
    `CREATE TABLE hpo_drafts (
      draft_id INTEGER PRIMARY KEY AUTOINCREMENT,
      study_id INTEGER NOT NULL REFERENCES studies (study_id),
      sampler_index INTEGER NOT NULL,
      owner TEXT,
      UNIQUE (study_id, sampler_index)
    )`,
    // Apart from the reservations, so that ids grow in the order of the commits: a reader that has id n has all before it.
    `CREATE TABLE hpo_configurations (
      configuration_id INTEGER PRIMARY KEY AUTOINCREMENT,
      study_id INTEGER NOT NULL REFERENCES studies (study_id),
      number INTEGER NOT NULL,
      sampler_index INTEGER NOT NULL,
      params_json TEXT NOT NULL,
      forced_json TEXT NOT NULL,
      config_key TEXT NOT NULL,
      key_sha256 VARCHAR(64) NOT NULL,
      attrs_json TEXT NOT NULL,
      UNIQUE (study_id, number),
      UNIQUE (study_id, key_sha256)
    )`,
    `CREATE UNIQUE INDEX hpo_configurations_index ON hpo_configurations (study_id, sampler_index)
      WHERE sampler_index >= 0`,
    `CREATE TABLE hpo_trials (
      trial_id INTEGER NOT NULL PRIMARY KEY REFERENCES trials (trial_id),
      study_id INTEGER NOT NULL REFERENCES studies (study_id),
      number INTEGER NOT NULL,
      configuration_id INTEGER NOT NULL REFERENCES hpo_configurations (configuration_id),
      repeat INTEGER NOT NULL,
      seed INTEGER NOT NULL,
      exit_code INTEGER,
      reason TEXT,
      UNIQUE (study_id, number),
      UNIQUE (configuration_id, repeat)
    )`,
    `CREATE TABLE hpo_attempts (
      attempt_id INTEGER PRIMARY KEY AUTOINCREMENT,
      trial_id INTEGER NOT NULL REFERENCES trials (trial_id),
      attempt INTEGER NOT NULL,
      token TEXT NOT NULL,
      owner TEXT NOT NULL,
      device TEXT NOT NULL,
      dir TEXT NOT NULL,
      started_at_ms INTEGER NOT NULL,
      finished_at_ms INTEGER,
      exit_code INTEGER,
      reason TEXT,
      stop_requested INTEGER NOT NULL DEFAULT 0,
      UNIQUE (trial_id, attempt)
    )`,
    'CREATE UNIQUE INDEX hpo_attempts_running ON hpo_attempts (trial_id) WHERE finished_at_ms IS NULL',
    `CREATE TABLE hpo_metric_names (
      metric_id INTEGER PRIMARY KEY AUTOINCREMENT,
      study_id INTEGER NOT NULL REFERENCES studies (study_id),
      name TEXT NOT NULL,
      UNIQUE (study_id, name)
    )`,
    // By far the largest table, so its key is its only tree. Step -1 is a final value.
    `CREATE TABLE hpo_metrics (
      trial_id INTEGER NOT NULL REFERENCES trials (trial_id),
      metric_id INTEGER NOT NULL,
      step INTEGER NOT NULL,
      value FLOAT,
      value_type VARCHAR(7) NOT NULL,
      PRIMARY KEY (trial_id, metric_id, step)
    ) WITHOUT ROWID`,
    'CREATE INDEX hpo_trials_by_number ON trials (study_id, number)',
    "CREATE INDEX hpo_trials_unfinished ON trials (study_id) WHERE state IN ('RUNNING', 'WAITING')",
    // Optuna and its dashboard delete studies without knowing hpo's tables, and use the ids again.
    `CREATE TRIGGER hpo_trial_deleted AFTER DELETE ON trials BEGIN
      DELETE FROM hpo_metrics WHERE trial_id = OLD.trial_id;
      DELETE FROM hpo_attempts WHERE trial_id = OLD.trial_id;
      DELETE FROM hpo_trials WHERE trial_id = OLD.trial_id;
    END`,
    `CREATE TRIGGER hpo_study_deleted AFTER DELETE ON studies BEGIN
      DELETE FROM hpo_metric_names WHERE study_id = OLD.study_id;
      DELETE FROM hpo_drafts WHERE study_id = OLD.study_id;
      DELETE FROM hpo_configurations WHERE study_id = OLD.study_id;
      DELETE FROM hpo_studies WHERE study_id = OLD.study_id;
    END`,
  ],
  [
    // The lowest step that an attempt named. Lower steps come from earlier attempts. Before this migration there were none,
    // since every attempt began without reports.
    'ALTER TABLE hpo_attempts ADD COLUMN first_step INTEGER',
    'UPDATE hpo_attempts SET first_step = 0',
    // Metrics that had reports when the attempt began, and whether the objective was among them.
    'ALTER TABLE hpo_attempts ADD COLUMN inherited_json TEXT',
    'ALTER TABLE hpo_attempts ADD COLUMN inherits_objective INTEGER NOT NULL DEFAULT 0',
  ],
  [
    // Optuna reads a trial's state in one transaction and writes it in the next, since SQLite has no row locks. So two
    // programs could take one waiting trial, or finish one running trial. Optuna reads an integrity error as "another
    // program was first". Only a trial that hpo ran may run again after a failure.
    `CREATE TRIGGER hpo_trial_once BEFORE UPDATE OF state ON trials
      WHEN OLD.state IN ('COMPLETE', 'PRUNED') OR (OLD.state = 'RUNNING' AND NEW.state = 'RUNNING')
        OR (OLD.state = 'FAIL' AND (NEW.state <> 'RUNNING'
          OR NOT EXISTS (SELECT 1 FROM hpo_trials h WHERE h.trial_id = OLD.trial_id)))
      BEGIN SELECT RAISE(ABORT, 'another program took or finished this trial first'); END`,
  ],
  [
    // Random text that distinguishes studies with the same name in different files. Only a copy of the file has the same text.
    'ALTER TABLE hpo_studies ADD COLUMN study_uid TEXT',
    'UPDATE hpo_studies SET study_uid = lower(hex(randomblob(16)))',
  ],
  [
    // What ended an attempt, in fixed words, and whether that was the end of its trial. Before this migration the beginning
    // of the reason showed the first; an attempt that ended its trial has another reason, or none.
    'ALTER TABLE hpo_attempts ADD COLUMN cause TEXT',
    'ALTER TABLE hpo_attempts ADD COLUMN settled INTEGER NOT NULL DEFAULT 0',
    `UPDATE hpo_attempts SET cause = CASE
        WHEN reason = 'the sweep was interrupted' THEN 'interrupted'
        WHEN reason GLOB 'it did not start: *' THEN 'not-started'
        WHEN reason GLOB 'not counted: *' THEN 'infrastructure'
        WHEN reason GLOB 'lost [0-9]* of [0-9]* times: *' THEN 'lost'
        WHEN reason GLOB 'retry [0-9]* of [0-9]* after: *' THEN 'failed'
      END WHERE finished_at_ms IS NOT NULL`,
    'UPDATE hpo_attempts SET settled = 1 WHERE finished_at_ms IS NOT NULL AND cause IS NULL',
    `UPDATE hpo_attempts SET cause = CASE
        WHEN reason GLOB 'stopped by hpo stop*' THEN 'stopped'
        WHEN reason GLOB 'exit code unknown: the trainer and *' THEN 'lost'
        ELSE COALESCE((SELECT CASE t.state WHEN 'COMPLETE' THEN 'completed' WHEN 'PRUNED' THEN 'pruned' END FROM trials t
          WHERE t.trial_id = hpo_attempts.trial_id AND NOT EXISTS (SELECT 1 FROM hpo_attempts later
            WHERE later.trial_id = hpo_attempts.trial_id AND later.attempt > hpo_attempts.attempt)), 'failed')
      END WHERE settled = 1`,
    `UPDATE hpo_attempts SET cause = 'limit' WHERE cause = 'failed' AND (reason LIKE '%ran longer than trial_timeout%'
      OR reason LIKE '%printed no METRIC line for no_progress_timeout%' OR reason LIKE '%its log grew beyond max_log_bytes%')`,
  ],
  [
    // How far ahead of UTC the clock was that gave the start of a trial. Optuna writes local time or UTC, by its version, and
    // does not record which. It shows only while the trial starts, when SQLite's clock has the same moment.
    `CREATE TABLE hpo_clocks (
      trial_id INTEGER NOT NULL PRIMARY KEY REFERENCES trials (trial_id),
      ahead_min INTEGER NOT NULL
    )`,
    // A trial that is added as finished ran at another time. Zones differ by quarters of an hour, by 14 hours at most.
    `CREATE TRIGGER hpo_clock_of_new AFTER INSERT ON trials
      WHEN NEW.datetime_start IS NOT NULL AND NEW.datetime_complete IS NULL BEGIN ${noteClock()} END`,
    `CREATE TRIGGER hpo_clock_of_claimed AFTER UPDATE OF state ON trials
      WHEN OLD.state = 'WAITING' AND NEW.state = 'RUNNING' BEGIN ${noteClock()} END`,
    `CREATE TRIGGER hpo_clock_deleted AFTER DELETE ON trials BEGIN
      DELETE FROM hpo_clocks WHERE trial_id = OLD.trial_id;
    END`,
  ],
  [
    // The program that asked for a trial without an attempt. The trial may run again when that program has ended.
    'ALTER TABLE hpo_trials ADD COLUMN asker TEXT',
  ],
  [
    // Commands to the orchestrators of a study: pause, and limits that differ from the sweep file. The revision counts the writes.
    `CREATE TABLE hpo_study_control (
      study_id INTEGER NOT NULL PRIMARY KEY REFERENCES studies (study_id),
      revision INTEGER NOT NULL,
      control_json TEXT NOT NULL
    )`,
    `CREATE TRIGGER hpo_study_control_deleted AFTER DELETE ON studies BEGIN
      DELETE FROM hpo_study_control WHERE study_id = OLD.study_id;
    END`,
  ],
  CHANGE_LOG,
  [
    // The step at which an attempt is to end, so that its trial is paused there.
    'ALTER TABLE hpo_attempts ADD COLUMN target_step INTEGER',
  ],
  [
    // Parameters whose list of choices has changed, each with the list that all trials of the study are stored with.
    `CREATE TABLE hpo_choices (
      study_id INTEGER NOT NULL REFERENCES studies (study_id),
      param_name VARCHAR(512) NOT NULL,
      distribution_json TEXT NOT NULL,
      PRIMARY KEY (study_id, param_name)
    ) WITHOUT ROWID`,
    `CREATE TRIGGER hpo_choices_deleted AFTER DELETE ON studies BEGIN
      DELETE FROM hpo_choices WHERE study_id = OLD.study_id;
    END`,
  ],
];

function noteClock(): string {
  return `INSERT OR REPLACE INTO hpo_clocks (trial_id, ahead_min)
        SELECT NEW.trial_id, CAST(15 * round(quarters) AS INTEGER)
          FROM (SELECT 96 * (julianday(NEW.datetime_start) - julianday('now')) AS quarters)
          WHERE abs(quarters) < 57 AND abs(quarters - round(quarters)) < 0.2;`;
}
