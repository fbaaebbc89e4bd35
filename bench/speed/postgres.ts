import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { postgresPrograms, removePostgres, startPostgres } from '../../scripts/real/postgres.mjs';
import type { Size } from './ask-and-tell.js';
import { type OptunaTime, timeOptunaRandom } from './optuna.js';

type Beside<T> = { readonly times: T; readonly optuna: OptunaTime | null };

/**
 * Starts a PostgreSQL server on the disk, measures hpo's random sampler on it by `measure`, and Optuna's beside it. Null where
 * there is no such server. Optuna needs psycopg2.
 */
export async function besidePostgres<T>(
  size: Size,
  measure: (url: string) => Promise<T>,
): Promise<Beside<T> | null> {
  if (postgresPrograms() === null) return null;
  // Not below a folder that only this user may enter: the server runs as another user than root.
  const server = await startPostgres(join(tmpdir(), `hpo-bench-pg-${process.pid}`), { durable: true });
  try {
    const times = await measure(server.url);
    return { times, optuna: await timeOptunaRandom(size, server.url) };
  } finally {
    await removePostgres(server.folder);
  }
}
