import type { Row, Server } from './server.js';

/** A trial as the rows of the server say, read without hpo. */
export type StoredTrial = {
  readonly number: number;
  readonly state: string;
  readonly x: number;
  readonly exitCode: number | null;
  readonly value: number | null;
  /** Whether it has a start and an end, which Optuna wants of a finished trial. */
  readonly isDated: boolean;
  /** `NAME@STEP=VALUE`, sorted. */
  readonly points: readonly string[];
  /** The same of what Optuna shows as intermediate values. */
  readonly intermediate: readonly string[];
  readonly attempts: readonly StoredAttempt[];
};
export type StoredAttempt = {
  readonly attempt: number;
  readonly token: string;
  readonly isFinished: boolean;
  readonly exitCode: number | null;
  readonly cause: string | null;
};

const TRIALS = `SELECT t.trial_id AS id, t.number, t.state::text AS state, c.params_json AS params, h.exit_code, v.value,
    t.datetime_start IS NOT NULL AND t.datetime_complete IS NOT NULL AS dated
  FROM trials t LEFT JOIN hpo_trials h ON h.trial_id = t.trial_id
    LEFT JOIN hpo_configurations c ON c.configuration_id = h.configuration_id
    LEFT JOIN trial_values v ON v.trial_id = t.trial_id ORDER BY t.number`;
const POINTS = `SELECT m.trial_id AS id, n.name, m.step, m.value FROM hpo_metrics m
  JOIN hpo_metric_names n ON n.metric_id = m.metric_id`;
const INTERMEDIATE =
  "SELECT trial_id AS id, 'loss' AS name, step, intermediate_value AS value FROM trial_intermediate_values";
const ATTEMPTS =
  'SELECT trial_id AS id, attempt, token, finished_at_ms, exit_code, cause FROM hpo_attempts ORDER BY trial_id, attempt';

export async function readTrials(server: Server, database: string): Promise<readonly StoredTrial[]> {
  const [trials, points, intermediate, attempts] = await Promise.all(
    [TRIALS, POINTS, INTERMEDIATE, ATTEMPTS].map((sql) => server.query(sql, database)),
  );
  const of = (rows: readonly Row[] | undefined, id: unknown) => (rows ?? []).filter((row) => row.id === id);
  return (trials ?? []).map((row) => ({
    number: Number(row.number),
    state: String(row.state),
    x: xOf(row.params),
    exitCode: numberOrNull(row.exit_code),
    value: numberOrNull(row.value),
    isDated: row.dated === true,
    points: of(points, row.id).map(pointOf).sort(),
    intermediate: of(intermediate, row.id).map(pointOf).sort(),
    attempts: of(attempts, row.id).map((attempt) => ({
      attempt: Number(attempt.attempt),
      token: String(attempt.token),
      isFinished: attempt.finished_at_ms !== null,
      exitCode: numberOrNull(attempt.exit_code),
      cause: attempt.cause === null ? null : String(attempt.cause),
    })),
  }));
}

function xOf(params: unknown): number {
  return (JSON.parse(String(params)) as { x: number }).x;
}

function pointOf({ name, step, value }: Row): string {
  return `${String(name)}@${Number(step)}=${Number(value)}`;
}

function numberOrNull(value: unknown): number | null {
  return value === null || value === undefined ? null : Number(value);
}

/** Returns whether every trial of a database has its end. `budget`: how many there must be. */
export async function isOver(server: Server, database: string, budget: number): Promise<boolean> {
  const [row] = await server.query(
    "SELECT COUNT(*)::int AS done FROM trials WHERE state::text NOT IN ('RUNNING', 'WAITING')",
    database,
  );
  return Number(row?.done) >= budget;
}
