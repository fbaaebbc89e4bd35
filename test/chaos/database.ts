import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { ChaosFolder } from './folder.js';

/** A trial as its rows say, read without hpo. */
export type StoredTrial = {
  readonly number: number;
  readonly state: string;
  readonly x: number;
  readonly exitCode: number | null;
  /** `NAME@STEP=VALUE`, sorted. */
  readonly points: readonly string[];
  readonly attempts: readonly StoredAttempt[];
};
export type StoredAttempt = {
  readonly attempt: number;
  readonly token: string;
  readonly finished: boolean;
  readonly exitCode: number | null;
};

/**
 * Runs `look` on a copy of the file and its log. The next call of hpo finds the original untouched: after a kill, hpo
 * itself must recover it.
 */
export function withCopy<T>(file: string, look: (database: Database.Database) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'hpo-torture-copy-'));
  try {
    const copy = join(folder, 'copy.db');
    for (const ending of ['', '-wal'])
      if (existsSync(file + ending)) copyFileSync(file + ending, copy + ending);
    const database = new Database(copy);
    try {
      return look(database);
    } finally {
      database.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Returns number -> state of every trial between two calls; empty where none is stored yet. */
export function statesAfterKill(folder: ChaosFolder): ReadonlyMap<number, string> {
  return folder.exists('storage/hpo.db') ? withCopy(folder.file('storage/hpo.db'), statesOf) : new Map();
}

/** Returns what SQLite finds wrong with the file. */
export function integrityFaults(database: Database.Database): string[] {
  const rows = [
    ...(database.pragma('integrity_check') as { integrity_check: string }[]).map((r) => r.integrity_check),
    ...(database.pragma('foreign_key_check') as { table: string }[]).map((r) => `a key of ${r.table}`),
  ];
  return rows.filter((row) => row !== 'ok').map((row) => `integrity: ${row}`);
}

/** Returns number -> state of every trial; empty before the tables exist. */
export function statesOf(database: Database.Database): Map<number, string> {
  const made = database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'trials'").get();
  const rows = made ? database.prepare('SELECT number, state FROM trials').all() : [];
  return new Map((rows as { number: number; state: string }[]).map((row) => [row.number, row.state]));
}

export function readTrials(database: Database.Database): StoredTrial[] {
  type Row = { id: number; number: number; state: string; params: string; exit_code: number | null };
  const rows = database
    .prepare(
      `SELECT t.trial_id AS id, t.number, t.state, c.params_json AS params, h.exit_code FROM trials t
        JOIN hpo_trials h ON h.trial_id = t.trial_id
        JOIN hpo_configurations c ON c.configuration_id = h.configuration_id ORDER BY t.number`,
    )
    .all() as Row[];
  const points = database.prepare(
    `SELECT n.name, m.step, m.value FROM hpo_metrics m JOIN hpo_metric_names n ON n.metric_id = m.metric_id
      WHERE m.trial_id = ?`,
  );
  const attempts = database.prepare(
    'SELECT attempt, token, finished_at_ms, exit_code FROM hpo_attempts WHERE trial_id = ? ORDER BY attempt',
  );
  type PointRow = { name: string; step: number; value: number };
  type AttemptRow = {
    attempt: number;
    token: string;
    finished_at_ms: number | null;
    exit_code: number | null;
  };
  return rows.map(({ id, number, state, params, exit_code }) => ({
    number,
    state,
    x: (JSON.parse(params) as { x: number }).x,
    exitCode: exit_code,
    points: (points.all(id) as PointRow[]).map((p) => `${p.name}@${p.step}=${p.value}`).sort(),
    attempts: (attempts.all(id) as AttemptRow[]).map((a) => ({
      attempt: a.attempt,
      token: a.token,
      finished: a.finished_at_ms !== null,
      exitCode: a.exit_code,
    })),
  }));
}

/** A trial of a race. */
export type StoredRepeat = {
  readonly number: number;
  readonly state: string;
  readonly x: number;
  readonly repeat: number;
  readonly seed: number;
  readonly value: number | null;
};

export function readRepeats(database: Database.Database): readonly StoredRepeat[] {
  const rows = database
    .prepare(
      `SELECT t.number, t.state, c.params_json AS params, h.repeat, h.seed, v.value FROM trials t
        JOIN hpo_trials h ON h.trial_id = t.trial_id
        JOIN hpo_configurations c ON c.configuration_id = h.configuration_id
        LEFT JOIN trial_values v ON v.trial_id = t.trial_id ORDER BY t.number`,
    )
    .all() as (Omit<StoredRepeat, 'x'> & { readonly params: string })[];
  return rows.map(({ params, ...row }) => ({ ...row, x: (JSON.parse(params) as { x: number }).x }));
}

/** Returns the numbers of the trials that are paused. */
export function readPaused(database: Database.Database): readonly number[] {
  const rows = database
    .prepare(
      `SELECT t.number FROM trials t JOIN trial_user_attributes a ON a.trial_id = t.trial_id
        WHERE t.state = 'RUNNING' AND a.key = 'hpo:paused' AND a.value_json != 'null'`,
    )
    .all() as { number: number }[];
  return rows.map(({ number }) => number);
}

type StoredFork = { readonly parent: number; readonly fromStep: number; readonly replaces: number };

/** Returns number -> how it began, of each trial that continues the checkpoint of another one. */
export function readForks(database: Database.Database): ReadonlyMap<number, StoredFork> {
  type Row = { number: number; attrs: string; parent: string | null };
  const rows = database
    .prepare(
      `SELECT t.number, c.attrs_json AS attrs, a.value_json AS parent FROM trials t
        JOIN hpo_trials h ON h.trial_id = t.trial_id
        JOIN hpo_configurations c ON c.configuration_id = h.configuration_id
        LEFT JOIN trial_user_attributes a ON a.trial_id = t.trial_id AND a.key = 'hpo:parent'`,
    )
    .all() as Row[];
  return new Map(
    rows.flatMap(({ number, attrs, parent }): [number, StoredFork][] => {
      const { fork } = JSON.parse(attrs) as { fork?: StoredFork };
      if ((fork?.parent ?? null) !== (parent === null ? null : JSON.parse(parent)))
        throw new Error(`trial ${number} has hpo:parent ${parent} and began as ${JSON.stringify(fork)}`);
      if (fork === undefined) return [];
      return [[number, { parent: fork.parent, fromStep: fork.fromStep, replaces: fork.replaces }]];
    }),
  );
}

/** Returns `x=1 y=2 STATE` of every trial of a grid over x and y. */
export function readParams(database: Database.Database): string[] {
  type Row = { state: string; params: string };
  const rows = database
    .prepare(
      `SELECT t.state, c.params_json AS params FROM trials t JOIN hpo_trials h ON h.trial_id = t.trial_id
        JOIN hpo_configurations c ON c.configuration_id = h.configuration_id`,
    )
    .all() as Row[];
  return rows.map(({ state, params }) => {
    const { x, y } = JSON.parse(params) as { x: number; y: number };
    return `x=${x} y=${y} ${state}`;
  });
}
