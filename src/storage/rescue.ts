import { closeSync, fsyncSync, mkdirSync, openSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { codeOf } from '../core/system-error.js';
import type { Driver } from './drivers/driver.js';
import { runOperation } from './runner.js';
import { sql } from './statement.js';
import type { FileState } from './storage.js';

/** The files of an open database, each as `device:inode`; null where there was none. */
export type OpenedFiles = {
  readonly path: string;
  readonly database: string | null;
  /** The write-ahead log and its index, by what their names end in. */
  readonly beside: ReadonlyMap<string, string | null>;
};

const BESIDE = ['-wal', '-shm'];

export function openedFiles(path: string): OpenedFiles {
  const beside = new Map(BESIDE.map((suffix) => [suffix, fileId(path + suffix)]));
  return { path, database: fileId(path), beside };
}

function fileId(path: string): string | null {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  return found ? `${found.dev}:${found.ino}` : null;
}

/** Whether the path still leads to the file that was opened. A path that cannot be read counts as in place. */
export function stateOf({ path, database }: OpenedFiles): FileState {
  try {
    const found = fileId(path);
    if (found === null) return 'gone';
    return database === null || found === database ? 'in-place' : 'replaced';
  } catch (error) {
    return codeOf(error) === 'ENOTDIR' ? 'gone' : 'in-place';
  }
}

/**
 * Writes everything that an open connection can read, its write-ahead log included, to a new file, and returns its path. The
 * file lies in the folder of the database, which is created again if it is gone; else in the current or the temporary folder.
 * @throws HpoError of the database, or an error of the system, when no folder takes it.
 */
export async function writeRescue(driver: Driver, files: OpenedFiles, url: string): Promise<string> {
  const { path } = files;
  let first: unknown = null;
  for (const folder of [() => dirname(path), () => process.cwd(), tmpdir]) {
    try {
      mkdirSync(folder(), { recursive: true });
      const copy = await copyInto(driver, newFile(folder(), path), url);
      if (stateOf(files) !== 'in-place') removeBeside(files);
      return copy;
    } catch (error) {
      first ??= error;
    }
  }
  throw first;
}

/**
 * Removes the log and its index when only the database was moved: SQLite would take them for those of the next file at the
 * path, and write their pages into it. The copy has everything in them.
 */
function removeBeside({ path, beside }: OpenedFiles): void {
  for (const [suffix, id] of beside) {
    try {
      if (id !== null && fileId(path + suffix) === id) rmSync(path + suffix, { force: true });
    } catch {
      // The folder has become another kind of file: nothing is left in it.
    }
  }
}

/** Creates an empty file with a new name. */
function newFile(folder: string, path: string): string {
  const stem = basename(path).replace(/\.(db|sqlite3?)$/, '');
  const [date, time] = new Date().toISOString().slice(0, 19).replaceAll(/[-:]/g, '').split('T');
  for (let n = 1; ; n++) {
    const file = join(folder, `${stem}.rescued-${date}-${time}${n === 1 ? '' : `-${n}`}.db`);
    try {
      closeSync(openSync(file, 'wx'));
      return file;
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
    }
  }
}

async function copyInto(driver: Driver, file: string, url: string): Promise<string> {
  try {
    await runOperation(
      driver,
      'none',
      function* () {
        yield sql('VACUUM INTO ?', file);
      },
      url,
    );
    // SQLite leaves that to the system, and there may be nothing else left of the study.
    const written = openSync(file, 'r+');
    fsyncSync(written);
    closeSync(written);
    return file;
  } catch (error) {
    rmSync(file, { force: true });
    throw error;
  }
}
