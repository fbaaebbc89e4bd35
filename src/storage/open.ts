import { closeSync, existsSync, openSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { HpoError, usageError } from '../core/errors.js';
import { shellWord } from '../core/shell-word.js';
import { makeFolder, nearestFolder } from '../liveness/folders.js';
import { type OwnedLiveness, openLiveness } from '../liveness/liveness.js';
import { sqlite } from './dialects/sqlite.js';
import type { Connect, Driver } from './drivers/driver.js';
import { loadDriver } from './drivers/load-driver.js';
import { fullCheck, hasLostFirstPage, quickCheck, tornFile } from './integrity.js';
import { memoryStorage } from './memory/memory-storage.js';
import { isCurrent, type SchemaState } from './migrations/schema.js';
import { databasesIn, folderAbove } from './nearby-databases.js';
import { refuseNetworkFs } from './network-filesystem.js';
import { isReadInPlace, mayWrite, openSnapshot } from './reader.js';
import { runOperation } from './runner.js';
import { isPostgresUrl } from './shown-url.js';
import { cannotOpen } from './sqlite-errors.js';
import { sqliteStorage } from './sqlite-storage.js';
import { type Operation, sql } from './statement.js';
import type { Storage } from './storage.js';
import { parseStorageUrl } from './url.js';

// Short, since SQLite stops the event loop while it waits; the pauses of the runner do not.
const BUSY_TIMEOUT_MS = 10;

/**
 * Opens a database of studies, and creates or upgrades its tables where needed. It also opens a file that Optuna made.
 *
 * `url`: `sqlite:FILE`, `sqlite:///FILE` as Optuna writes it, a path that ends in `.db`, `.sqlite` or
 * `.sqlite3`, `postgresql://...` (a database of a server; postgres/open.ts), or `memory:` (plain objects, gone with the process). `create: false` rejects a file that does not exist;
 * otherwise the file and its folder are created. `readOnly` changes no byte of a file that another program made, and rejects
 * writes to it; hpo's own file may still be upgraded and tidied. `leaseMs`: of the worker that opens it; null: it is none. `warn` gets warnings about file systems that may not be safe
 * for a database. The environment variable HPO_SQLITE_DRIVER=better-sqlite3|node-sqlite forces one driver; without it the
 * first one that loads is used.
 * @throws HpoError, usage: storage.bad-url, storage.not-found, storage.cannot-open, storage.not-a-database,
 *   storage.foreign-database, storage.optuna-revision, storage.newer-schema, storage.unknown-driver, storage.network-fs;
 *   other: storage.corrupt, storage.full, storage.no-driver, storage.busy, storage.failed.
 */
export async function openStorage(
  url: string,
  options: {
    create?: boolean;
    readOnly?: boolean;
    leaseMs?: number | null;
    warn?: (message: string) => void;
  } = {},
): Promise<Storage> {
  if (isPostgresUrl(url)) {
    // Loaded on demand, with the client that it brings.
    const { openPostgres } = await import('./postgres/open.js');
    return openPostgres(url, options);
  }
  const path = parseStorageUrl(url);
  if (path === ':memory:') return memoryStorage(url);
  const { readOnly = false } = options;
  if (readOnly && existsSync(path) && !mayWrite(path)) return openToRead(path, url, options.warn);
  const driver = await connect(path, url, options);
  try {
    const touched = await prepareDriver(driver, path, url, readOnly);
    return sqliteStorage({ url, path, driver, tidy: touched, liveness: await livenessOf(path) });
  } catch (error) {
    driver.close();
    throw explain(driver, error, path);
  }
}

/** The liveness of the owners in a database. Their locks lie beside it. */
async function livenessOf(path: string): Promise<OwnedLiveness> {
  return openLiveness(
    join(dirname(path), `.${basename(path)}.owners`),
    await loadDriver(process.env.HPO_SQLITE_DRIVER),
  );
}

/** Opens a database that this process may not write: in place when that writes nothing, else a copy of it. */
async function openToRead(path: string, url: string, warn?: (message: string) => void): Promise<Storage> {
  const connector = await findDriver(path, url, warn);
  if (isReadInPlace(path)) {
    const driver = open(connector, path);
    try {
      if (await prepareReader(driver, path, url))
        return sqliteStorage({ url, path, driver, tidy: false, liveness: await livenessOf(path) });
      driver.close();
    } catch (error) {
      driver.close();
      const failure = error instanceof HpoError ? driver.failure(error.cause) : null;
      if (failure !== 'read-only' && failure !== 'cannot-open') throw explain(driver, error, path);
    }
  }
  let driver: Driver | null = null;
  try {
    driver = await openSnapshot(connector, path, async (copy) => {
      driver = copy;
      await prepareDriver(copy, path, url, true);
    });
    return sqliteStorage({ url, path, driver, tidy: false, liveness: await livenessOf(path) });
  } catch (error) {
    throw driver === null ? error : explain(driver, error, path);
  }
}

/** Prepares a connection that only reads. Returns false when the tables are not those of this version. */
async function prepareReader(driver: Driver, path: string, url: string): Promise<boolean> {
  const state = await inspect(driver, path, url);
  if (!state.blank && state.version === 0)
    await runOperation(driver, 'none', sqlite.schema.createTempTables, url);
  else if (!isCurrent(state)) return false;
  driver.all('PRAGMA query_only = ON', []);
  return true;
}

/** Connects to a file that looks like a database, or to a new one. */
async function connect(
  path: string,
  url: string,
  { create = true, warn = () => {} }: { create?: boolean; warn?: (message: string) => void },
): Promise<Driver> {
  if (!create && !existsSync(path)) {
    throw usageError('storage.not-found', `expected a database at ${path}, but there is no such file`, {
      fix: notFoundFix(path),
    });
  }
  const connector = await findDriver(path, url, warn);
  makeFolderOf(path);
  makeFile(path);
  return open(connector, path);
}

/** Creates the file with the rights that the umask allows: SQLite creates files that only their owner may write. */
function makeFile(path: string): void {
  try {
    closeSync(openSync(path, 'wx'));
  } catch {
    // It exists, or SQLite reports what is wrong.
  }
}

/** Returns the driver, after checks that the path may be opened. */
async function findDriver(
  path: string,
  url: string,
  warn: (message: string) => void = () => {},
): Promise<Connect> {
  const connector = await loadDriver(process.env.HPO_SQLITE_DRIVER);
  await refuseOtherKinds(path);
  // Before a folder is created: none on a disk that is rejected.
  refuseNetworkFs(nearestFolder(dirname(path)), warn);
  const torn = tornFile(path, url);
  if (torn) throw torn;
  return connector;
}

/** Runs before anything is opened: opening a FIFO waits for its other end, and SQLite would read a device. */
async function refuseOtherKinds(path: string): Promise<void> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw cannotOpen(path, error);
  });
  if (found && !found.isFile()) {
    const kind = found.isDirectory() ? 'a folder' : 'no regular file';
    throw cannotOpen(path, new Error(`there is ${kind}`));
  }
}

/** @throws HpoError storage.cannot-open. */
function makeFolderOf(path: string): void {
  try {
    makeFolder(dirname(path));
  } catch (error) {
    throw cannotOpen(path, error);
  }
}

function open(connector: Connect, path: string): Driver {
  try {
    return connector(path);
  } catch (error) {
    throw cannotOpen(path, error);
  }
}

/**
 * Reads what the file is, then switches it to WAL and upgrades its tables. Returns false when it left the file unchanged,
 * as `readOnly` demands for a file that another program made.
 */
export async function prepareDriver(
  driver: Driver,
  path: string,
  url: string,
  readOnly = false,
): Promise<boolean> {
  const state = await inspect(driver, path, url);
  if (readOnly && !state.blank && state.version === 0) {
    await runOperation(driver, 'none', sqlite.schema.createTempTables, url);
    return false;
  }
  await runOperation(driver, 'none', useWal, url);
  if (!isCurrent(state)) await runOperation(driver, 'write', () => sqlite.schema.prepare(path), url);
  return true;
}

async function inspect(driver: Driver, path: string, url: string): Promise<SchemaState> {
  driver.all(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`, []);
  driver.all('PRAGMA foreign_keys = ON', []);
  const state = await runOperation(driver, 'read', () => sqlite.schema.inspect(path), url);
  if (!state.blank) await runOperation(driver, 'read', () => quickCheck(path, url), url);
  return state;
}

/** With WAL, readers and the writer work at once. With FULL, each commit survives a loss of power. */
function* useWal(): Operation<void> {
  yield sql('PRAGMA journal_mode = WAL');
  yield sql('PRAGMA synchronous = FULL');
}

/** Returns the error of the first statements, which show what kind of file it is, in words for people. */
function explain(driver: Driver, error: unknown, path: string): unknown {
  if (!(error instanceof HpoError)) return error;
  switch (driver.failure(error.cause)) {
    case 'not-a-database':
      if (hasLostFirstPage(path)) return error;
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

/**
 * Reads a whole database and returns what is wrong with it, a line each; none when nothing is.
 * @throws HpoError as `openStorage`; storage.corrupt when it cannot even be opened.
 */
export async function checkStorage(url: string): Promise<readonly string[]> {
  if (isPostgresUrl(url)) {
    // A server watches over its files itself (data checksums, pg_amcheck).
    await (await openStorage(url, { create: false, readOnly: true })).close();
    return [];
  }
  const path = parseStorageUrl(url);
  if (path === ':memory:') return [];
  const driver =
    !existsSync(path) || mayWrite(path) || isReadInPlace(path)
      ? await connect(path, url, { create: false })
      : await openSnapshot(await findDriver(path, url), path, async () => {});
  try {
    driver.all(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`, []);
    await runOperation(driver, 'read', () => sqlite.schema.inspect(path), url);
    return await runOperation(driver, 'read', fullCheck, url);
  } catch (error) {
    throw explain(driver, error, path);
  } finally {
    driver.close();
  }
}

/** Names the databases of this folder, or the folder above that has this one: it may be meant. */
function notFoundFix(path: string): string {
  const above = folderAbove(path, process.cwd());
  if (above !== null)
    return `a folder above has this database: run the command there (cd ${shellWord(above)})`;
  const names = databasesIn('.').map((name) => `sqlite:${name}`);
  return names.length === 0
    ? 'check the storage URL (--storage); `hpo study create` and `hpo optimize` create the file'
    : `name the database with --storage; in this folder: ${names.join(', ')}`;
}
