import { accessSync, constants, existsSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { HpoError } from '../core/errors.js';
import type { Connect, Driver } from './drivers/driver.js';
import { copyDatabase, headOf } from './snapshot.js';
import { cannotRead } from './sqlite-errors.js';
import { makeTemporaryFolder } from './temporary-folder.js';

/** Whether this process may write a database: its file, and the files beside it that SQLite needs. */
export function mayWrite(path: string): boolean {
  try {
    for (const each of [path, dirname(path)]) accessSync(each, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Whether a database that may not be written can be read in place, with the locks of its writers. One with a write-ahead
 * log needs the index of the log, and SQLite would create a missing one. In a folder that everyone may write, that index
 * would belong to the reader and lock the owner out.
 * @throws HpoError storage.cannot-read (usage).
 */
export function isReadInPlace(path: string): boolean {
  if (!isReadable(path)) throw cannotRead(path, new Error('permission denied'));
  const usesWal = headOf(path, 20).slice(36) === '0202';
  return usesWal
    ? existsSync(`${path}-wal`) && existsSync(`${path}-shm`) && isReadable(`${path}-shm`)
    : !existsSync(`${path}-journal`);
}

function isReadable(file: string): boolean {
  try {
    accessSync(file, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Connects to a copy of a database as it was at one moment, for one that cannot be read in place. The copy is deleted as
 * soon as it is open, so nothing is left behind. `prepare` may write to it.
 * @throws HpoError storage.cannot-read (usage); what `prepare` throws.
 */
export async function openSnapshot(
  connect: Connect,
  path: string,
  prepare: (driver: Driver) => Promise<unknown>,
): Promise<Driver> {
  const folder = makeTemporaryFolder('hpo-reader-');
  let driver: Driver | null = null;
  try {
    driver = connect(await copyDatabase(path, folder));
    await prepare(driver);
    // Merges the log into the file, so that SQLite opens nothing by name any more.
    driver.all('PRAGMA journal_mode = DELETE', []);
    driver.all('PRAGMA query_only = ON', []);
    return driver;
  } catch (error) {
    driver?.close();
    throw error instanceof HpoError ? error : cannotRead(path, error);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
