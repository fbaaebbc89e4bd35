import { setTimeout as delay } from 'node:timers/promises';
import { HpoError } from '../core/errors.js';
import { sqlite } from './dialects/sqlite.js';
import type { Driver } from './drivers/driver.js';
import { corruptRow, databaseFailure } from './sqlite-errors.js';
import { BadRow, type Operation } from './statement.js';

/** `none` is for the few statements that cannot stand in a transaction. */
export type Mode = 'read' | 'write' | 'none';

/** How long an operation waits for a busy database before it gives up. */
export const PATIENCE_MS = 30_000;
const LONGEST_PAUSE_MS = 100;

/**
 * Runs one operation in one transaction, as a whole or not at all. While another connection holds the lock, the operation
 * starts again from its beginning, after growing pauses that leave the event loop free.
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
    // A random share, so that waiters that started together do not come back together.
    await delay(pauseMs * (0.5 + Math.random()));
  }
}

function transact<T>(driver: Driver, mode: Mode, operation: Operation<T>): T {
  if (mode === 'none') return drive(driver, operation);
  driver.all(sqlite.begin[mode], []);
  try {
    const result = drive(driver, operation);
    driver.all('COMMIT', []);
    return result;
  } catch (error) {
    try {
      driver.all('ROLLBACK', []);
    } catch {
      // SQLite has rolled back by itself (on a full disk, for one). The first error says why.
    }
    throw error;
  }
}

function drive<T>(driver: Driver, operation: Operation<T>): T {
  let step = operation.next();
  while (!step.done) {
    const text = sqlite.render(step.value.sql);
    step = operation.next(text === null ? [] : driver.all(text, step.value.args));
  }
  return step.value;
}

function busy(cause: unknown, url: string, patienceMs: number): HpoError {
  return new HpoError('storage.busy', `${url} stayed locked by another process for ${patienceMs / 1000} s`, {
    fix: 'end the program that holds it in a long transaction (`fuser FILE` or `lsof FILE` names it), then try again',
    cause,
  });
}
