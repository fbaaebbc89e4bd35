import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { HpoError, messageOf, usageError } from '../core/errors.js';
import { shellWord } from '../core/shell-word.js';
import { codeOf } from '../core/system-error.js';
import type { Failure } from './drivers/driver.js';
import { parseStorageUrl } from './url.js';

// The errors of a failing database. Each kind has its own fix.

/** The error of a failed statement that is not worth an immediate retry. */
export function databaseFailure(failure: Failure, cause: unknown, url: string): HpoError {
  switch (failure) {
    case 'corrupt':
    case 'not-a-database':
      return damaged(url, messageOf(cause), cause);
    case 'full':
      return noSpace(url, cause);
    case 'io':
      // A used-up quota, and an index whose memory cannot grow, appear as plain errors of input and output.
      return isFull(dirname(fileOf(url))) ? noSpace(url, cause) : failed(url, cause);
    default:
      return failed(url, cause);
  }
}

/** The database is damaged: `said` is what SQLite found. The commands of the fix work as they are. */
export function damaged(url: string, said: string, cause?: unknown): HpoError {
  const file = fileOf(url);
  // Beside it, with names that `cp FILE*` does not match.
  const [rescue, saved] = ['rescue-', 'recovered-'].map((word) => join(dirname(file), word + basename(file)));
  const [path, folder, copy] = [file, rescue, saved].map((each) => shellWord(each ?? ''));
  // .recover also writes a table that only SQLite may create.
  return new HpoError('storage.corrupt', `the database ${file} is damaged: ${said}`, {
    fix: `nothing more is written to it. Copy it with its -wal and -shm, then let sqlite3 (3.29 or later) save what can be read:
    mkdir ${folder} && cp ${path}* ${folder}
    sqlite3 ${path} .recover | grep -v 'CREATE TABLE sqlite_sequence' | sqlite3 ${copy}
    then continue with --storage ${shellWord(`sqlite:${saved}`)}`,
    ...(cause === undefined ? {} : { cause }),
  });
}

/** One row holds something that neither hpo nor Optuna writes; the file itself is intact. */
export function corruptRow(cause: Error, url: string): HpoError {
  return new HpoError('storage.corrupt-row', `a row of ${fileOf(url)} cannot be read: ${cause.message}`, {
    fix: '`hpo study list` names the studies that can be read; `hpo study delete NAME --yes` removes one that cannot',
    cause,
  });
}

function noSpace(url: string, cause: unknown): HpoError {
  return new HpoError('storage.full', `no space is left for the database ${fileOf(url)}`, {
    fix: 'free some space (or raise the quota) and run the same command again: earlier results are kept',
    cause,
  });
}

function failed(url: string, cause: unknown): HpoError {
  return new HpoError('storage.failed', `the database ${url} failed: ${messageOf(cause)}`, { cause });
}

export function cannotOpen(path: string, cause: unknown): HpoError {
  return usageError(
    'storage.cannot-open',
    `expected a file that can be read and written at ${path}: ${messageOf(cause)}`,
    {
      fix: 'check that the folder exists and that you may write the file and its folder',
      cause,
    },
  );
}

export function cannotRead(path: string, cause: unknown): HpoError {
  return usageError(
    'storage.cannot-read',
    `expected a database that can be read at ${path}: ${messageOf(cause)}`,
    {
      fix: 'check that you may read the file, and its -wal where there is one',
      cause,
    },
  );
}

/** More than a page of the database, so that what fits here fits there. */
const PROBE_BYTES = 64 * 1024;

/** Whether a folder takes no more bytes, found by writing some: a quota shows in no figure of the file system. */
export function isFull(folder: string): boolean {
  const probe = join(folder, `.hpo-space-${randomBytes(4).toString('hex')}`);
  try {
    const to = openSync(probe, 'wx');
    try {
      if (writeSync(to, Buffer.alloc(PROBE_BYTES)) < PROBE_BYTES) return true;
      fsyncSync(to);
    } finally {
      closeSync(to);
      rmSync(probe, { force: true });
    }
    return false;
  } catch (error) {
    const code = codeOf(error);
    return code === 'ENOSPC' || code === 'EDQUOT';
  }
}

function fileOf(url: string): string {
  try {
    return parseStorageUrl(url);
  } catch {
    return url;
  }
}
