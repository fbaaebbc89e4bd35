import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { HpoError, usageError } from '../core/errors.js';
import type { Connect, Driver } from './driver.js';
import { loadDriver } from './load-driver.js';
import { memoryStorage } from './memory/memory-storage.js';
import { inspectSchema, isCurrent, prepareSchema } from './migrations.js';
import { runOperation } from './runner.js';
import { sqliteStorage } from './sqlite-storage.js';
import { type Operation, sql } from './statement.js';
import type { Storage } from './storage.js';
import { parseStorageUrl } from './url.js';

// Short, since it stops the whole event loop; the runner's own pauses do not.
const BUSY_TIMEOUT_MS = 10;

/**
 * Opens a database of studies, and makes or upgrades its tables where needed. A file that Optuna made opens as well.
 *
 * `url`: `sqlite:FILE`, `sqlite:///FILE` as Optuna writes it, or `memory:` (plain objects, gone with the
 * process). `create: false` refuses a file that does not exist; otherwise the file and its folder are made. The
 * environment variable HPO_SQLITE_DRIVER=better-sqlite3|node-sqlite forces one driver; without it the first one that
 * loads is used.
 * @throws HpoError, usage: storage.bad-url, storage.not-found, storage.cannot-open, storage.not-a-database,
 *   storage.foreign-database, storage.optuna-revision, storage.newer-schema, storage.unknown-driver;
 *   other: storage.no-driver, storage.busy, storage.failed.
 */
export async function openStorage(url: string, options: { create?: boolean } = {}): Promise<Storage> {
  const path = parseStorageUrl(url);
  if (path === ':memory:') return memoryStorage(url);
  if (options.create === false && !existsSync(path)) {
    throw usageError('storage.not-found', `expected a database at ${path}, but there is no such file`, {
      fix: 'check the storage URL; `hpo study create` and `hpo optimize` create the file',
    });
  }
  const connect = await loadDriver(process.env.HPO_SQLITE_DRIVER);
  await makeFolder(path);
  const driver = open(connect, path);
  try {
    await prepare(driver, path, url);
    return sqliteStorage(url, driver);
  } catch (error) {
    driver.close();
    throw explain(driver, error, path);
  }
}

async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
  } catch (error) {
    throw cannotOpen(path, error);
  }
}

function open(connect: Connect, path: string): Driver {
  try {
    return connect(path);
  } catch (error) {
    throw cannotOpen(path, error);
  }
}

/** The file is only looked at until it is known to be ours; then it is switched to WAL and brought up to date. */
async function prepare(driver: Driver, path: string, url: string): Promise<void> {
  driver.all(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`, []);
  driver.all('PRAGMA foreign_keys = ON', []);
  const state = await runOperation(driver, 'read', () => inspectSchema(path), url);
  await runOperation(driver, 'none', useWal, url);
  if (!isCurrent(state)) await runOperation(driver, 'write', () => prepareSchema(path), url);
}

/** WAL lets readers and the writer work at once; FULL keeps each commit through a loss of power. */
function* useWal(): Operation<void> {
  yield sql('PRAGMA journal_mode = WAL');
  yield sql('PRAGMA synchronous = FULL');
}

/** The first statement finds out what kind of file it is. */
function explain(driver: Driver, error: unknown, path: string): unknown {
  if (!(error instanceof HpoError) || error.code !== 'storage.failed') return error;
  switch (driver.failure(error.cause)) {
    case 'not-a-database':
      return usageError(
        'storage.not-a-database',
        `expected an SQLite database at ${path}, got another kind of file`,
        {
          fix: 'name another file; it is created when it does not exist',
          cause: error.cause,
        },
      );
    case 'cannot-open':
    case 'read-only':
      return cannotOpen(path, error.cause);
    default:
      return error;
  }
}

function cannotOpen(path: string, cause: unknown): HpoError {
  const said = cause instanceof Error ? cause.message : String(cause);
  return usageError(
    'storage.cannot-open',
    `expected a file that can be read and written at ${path}: ${said}`,
    {
      fix: 'check that the folder exists and that you may write the file and its folder',
      cause,
    },
  );
}
