import { execFileSync } from 'node:child_process';
import { hash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { OPTUNA_SCHEMA } from '../../src/storage/migrations/optuna-schema.js';
import { toPythonJson } from '../../src/storage/python-json.js';
import { DISTRIBUTIONS, type MadeTrial, makeTrials, storedValue, sweepFile } from './trials.js';

export const CLI = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
/** Raised when what the generator writes changes, so that no folder of an earlier form is used. */
const FORM = 3;

/** `hpo`: as sweeps of hpo leave it. `optuna`: as Optuna alone writes it, without a table of hpo. */
export type Kind = 'hpo' | 'optuna';

export type Wanted = {
  readonly trials: number;
  readonly kind: Kind;
  readonly sampler: 'tpe' | 'random';
};

/** Returns a folder with `cfg/sweep.yaml` and `study.db`, which holds the study `large`. It is made once on a machine. */
export function largeStudy({ trials, kind, sampler }: Wanted): string {
  const folder = join(tmpdir(), 'hpo-bench-scale', `v${FORM}-${kind}-${sampler}-${trials}`);
  if (existsSync(folder)) return folder;
  mkdirSync(join(tmpdir(), 'hpo-bench-scale'), { recursive: true });
  const place = mkdtempSync(`${folder}.`);
  mkdirSync(join(place, 'cfg'));
  writeFileSync(join(place, 'cfg', 'sweep.yaml'), sweepFile(sampler));
  if (kind === 'hpo')
    execFileSync(process.execPath, [CLI, 'study', 'create', '--storage', 'study.db'], { cwd: place });
  fill(join(place, 'study.db'), trials, kind);
  renameSync(place, folder);
  return folder;
}

function fill(path: string, trials: number, kind: Kind): void {
  const db = new Database(path);
  db.pragma('journal_mode = MEMORY');
  db.pragma('synchronous = OFF');
  db.transaction(() => {
    const studyId = kind === 'hpo' ? 1 : makeOptunaStudy(db);
    const writers = [optunaWriter(db, studyId), ...(kind === 'hpo' ? [hpoWriter(db, studyId)] : [])];
    for (const trial of makeTrials(trials)) for (const write of writers) write(trial);
  })();
  db.pragma('journal_mode = DELETE');
  db.close();
}

function makeOptunaStudy(db: Database.Database): number {
  for (const statement of OPTUNA_SCHEMA) db.exec(statement);
  db.exec("INSERT INTO studies (study_name) VALUES ('large')");
  db.exec("INSERT INTO study_directions (direction, study_id, objective) VALUES ('MINIMIZE', 1, 0)");
  return 1;
}

function optunaWriter(db: Database.Database, studyId: number): (trial: MadeTrial) => void {
  const trials = db.prepare(
    'INSERT INTO trials (trial_id, number, study_id, state, datetime_start, datetime_complete) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const params = db.prepare(
    'INSERT INTO trial_params (trial_id, param_name, param_value, distribution_json) VALUES (?, ?, ?, ?)',
  );
  const values = db.prepare(
    "INSERT INTO trial_values (trial_id, objective, value, value_type) VALUES (?, 0, ?, 'FINITE')",
  );
  const steps = db.prepare(
    "INSERT INTO trial_intermediate_values (trial_id, step, intermediate_value, intermediate_value_type) VALUES (?, ?, ?, 'FINITE')",
  );
  return (trial) => {
    const id = trial.number + 1;
    trials.run(id, trial.number, studyId, trial.state, trial.startedAt, trial.finishedAt);
    for (const { name, json } of DISTRIBUTIONS) params.run(id, name, storedValue(name, trial.params), json);
    if (trial.value !== null) values.run(id, trial.value);
    for (const [k, value] of trial.curve.entries()) steps.run(id, k + 1, value);
  };
}

function hpoWriter(db: Database.Database, studyId: number): (trial: MadeTrial) => void {
  const names = ['loss', 'accuracy'].map((name) =>
    Number(
      db.prepare('INSERT INTO hpo_metric_names (study_id, name) VALUES (?, ?)').run(studyId, name)
        .lastInsertRowid,
    ),
  );
  const configurations = db.prepare(
    `INSERT INTO hpo_configurations (configuration_id, study_id, number, sampler_index, params_json, forced_json, config_key,
      key_sha256, attrs_json) VALUES (?, ?, ?, ?, ?, '{}', ?, ?, '{}')`,
  );
  const trials = db.prepare(
    `INSERT INTO hpo_trials (trial_id, study_id, number, configuration_id, repeat, seed, exit_code, reason)
      VALUES (?, ?, ?, ?, 0, 1, ?, ?)`,
  );
  const attempts = db.prepare(
    `INSERT INTO hpo_attempts (trial_id, attempt, token, owner, device, dir, started_at_ms, finished_at_ms, exit_code,
      reason, cause, settled) VALUES (?, 1, ?, 'bench', 'cpu', ?, ?, ?, ?, ?, ?, 1)`,
  );
  const metrics = db.prepare(
    "INSERT INTO hpo_metrics (trial_id, metric_id, step, value, value_type) VALUES (?, ?, ?, ?, 'FINITE')",
  );
  return (trial) => {
    const { number, params, reason, cause, startedAtMs, finishedAtMs } = trial;
    const id = number + 1;
    const key = JSON.stringify(
      Object.keys(params)
        .sort()
        .map((name) => [name, params[name]]),
    );
    const exitCode = trial.state === 'FAIL' ? 1 : 0;
    configurations.run(id, studyId, number, number, toPythonJson(params), key, hash('sha256', key));
    trials.run(id, studyId, number, id, exitCode, reason);
    const token = randomUUID();
    attempts.run(id, token, `local:.attempts/${token}`, startedAtMs, finishedAtMs, exitCode, reason, cause);
    for (const [metric, of] of [trial.curve, trial.accuracy].entries())
      for (const [k, value] of of.entries()) metrics.run(id, names[metric], k + 1, value);
  };
}
