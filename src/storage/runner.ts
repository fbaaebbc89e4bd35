import { setTimeout as delay } from 'node:timers/promises';
import { HpoError } from '../core/errors.js';
import type { Driver } from './driver.js';
import { corruptRow, databaseFailure } from './sqlite-errors.js';
import { BadRow, type Operation } from './statement.js';

/**
 * A write takes the lock before it reads anything, so that what it read still holds when it commits. `none` is for the
 * few statements that cannot stand in a transaction.
 */
export type Mode = 'read' | 'write' | 'none';
const BEGIN = { read: 'BEGIN', write: 'BEGIN IMMEDIATE' } as const;

/** How long a busy database is asked again before giving up. */
export const PATIENCE_MS = 30_000;
const LONGEST_PAUSE_MS = 100;

/**
 * Runs one operation in one transaction, whole or not at all. While another connection holds the lock it is started
 * again from its beginning after growing pauses that leave the event loop free.
 * @throws HpoError storage.busy after `patienceMs`; storage.corrupt, storage.corrupt-row, storage.full or storage.failed when
 * the database fails; what the operation throws.
 */
export async function runOperation<T>(
  driver: Driver,
  mode: Mode,
  start: () => Operation<T>,
  url: string,
  patienceMs: number = PATIENCE_MS,
): Promise<T> {
  const deadline = performance.now() + patienceMs;
  for (let pauseMs = 1; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
    try {
      return transact(driver, mode, start());
    } catch (error) {
      const failure = driver.failure(error);
      if (error instanceof BadRow) throw corruptRow(error, url);
      if (failure === null) throw error;
      if (failure !== 'busy') throw databaseFailure(failure, error, url);
      if (performance.now() >= deadline) throw busy(error, url, patienceMs);
    }
    // Waiters that started together should not come back together.
    await delay(pauseMs * (0.5 + Math.random()));
  }
}

function transact<T>(driver: Driver, mode: Mode, operation: Operation<T>): T {
  if (mode === 'none') return drive(driver, operation);
  driver.all(BEGIN[mode], []);
  try {
    const result = drive(driver, operation);
    driver.all('COMMIT', []);
    return result;
  } catch (error) {
    try {
      driver.all('ROLLBACK', []);
    } catch {
      // SQLite has already rolled back by itself (a full disk, for one); the first error says why.
    }
    throw error;
  }
}

function drive<T>(driver: Driver, operation: Operation<T>): T {
  let step = operation.next();
  while (!step.done) step = operation.next(driver.all(step.value.sql, step.value.args));
  return step.value;
}

function busy(cause: unknown, url: string, patienceMs: number): HpoError {
  return new HpoError('storage.busy', `${url} stayed locked by another process for ${patienceMs / 1000} s`, {
    fix: 'end the program that holds it in a long transaction (`fuser FILE` or `lsof FILE` names it), then try again',
    cause,
  });
}
