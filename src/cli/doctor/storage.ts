import { accessSync, closeSync, constants, existsSync, openSync, readSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { HpoError } from '../../core/errors.js';
import { describeCommand } from '../../executors/trainer-command.js';
import { nearestFolder } from '../../liveness/folders.js';
import { loadDriver } from '../../storage/drivers/load-driver.js';
import { tornFile } from '../../storage/integrity.js';
import { refuseNetworkFs } from '../../storage/network-filesystem.js';
import { isPostgresUrl } from '../../storage/shown-url.js';
import { storageFile } from '../../storage/url.js';
import { reasonOf } from '../../trainer/backends/reason.js';
import { withStorageCopy } from '../copy-storage.js';
import { outputsDir } from '../paths.js';
import { type Check, type DoctorOptions, type Finding, failed, type Row } from './check.js';
import { sizeText } from './format-bytes.js';

/** Copying more than this takes longer than people wait. */
const COPIED_BYTES = 64 * 1024 * 1024;
const READ_WRITE = constants.R_OK | constants.W_OK;

export const storageChecks: readonly Check[] = [
  { name: 'sqlite', run: sqlite },
  { name: 'database', run: database },
  { name: 'outputs', run: () => judgeFolder(outputsDir(), 'logs and folders of trials are written to') },
];

async function sqlite(): Promise<Finding> {
  const driver = (await loadDriver(process.env.HPO_SQLITE_DRIVER))(':memory:');
  try {
    const version = String(driver.all('SELECT sqlite_version() AS version', [])[0]?.version);
    return {
      status: 'ok',
      message: `SQLite ${version} through ${driver.name}`,
      details: { version, driver: driver.name },
    };
  } finally {
    driver.close();
  }
}

/** Checks the file, and opens a copy of it, because opening the file would write beside it. */
async function database({ storage }: DoctorOptions): Promise<readonly Row[]> {
  if (isPostgresUrl(storage)) {
    const { judgeServer } = await import('./server.js');
    return [row(await judgeServer(storage))];
  }
  const path = storageFile(storage);
  if (path === null) return [row({ status: 'ok', message: 'memory: nothing is stored' })];
  const place = placeRow(path);
  if (place.status === 'fail' || !existsSync(path)) {
    const none = existsSync(path) ? [] : [judgeNew(path)];
    return [...none.map(row), place];
  }
  return [row(await judgeFile(path, storage)), place];
}

const row = (finding: Finding): Row => ({ name: 'database', ...finding });

/** Checks whether SQLite's locks and logs work in this folder. */
function placeRow(path: string): Row {
  const folder = nearestFolder(dirname(path));
  const warnings: string[] = [];
  const name = 'database-place';
  try {
    refuseNetworkFs(folder, (message) => warnings.push(message));
  } catch (error) {
    return { name, ...failed(error) };
  }
  const [warning] = warnings;
  if (warning === undefined) return { name, status: 'ok', message: `${folder} is on a local disk` };
  return { name, status: 'warn', message: warning, fix: 'put the database on a local disk with --storage' };
}

function judgeNew(path: string): Finding {
  const { status, message, ...rest } = judgeFolder(
    dirname(path),
    'it does not exist yet; it will be created in',
  );
  return { status, message, ...rest, details: { path, bytes: null } };
}

async function judgeFile(path: string, url: string): Promise<Finding> {
  const stat = statSync(path);
  if (!stat.isFile())
    throw new Error(
      `expected a file at ${path}, but it is ${stat.isDirectory() ? 'a folder' : 'not a regular file'}`,
    );
  const folder = judgeFolder(dirname(path), '');
  if (folder.status !== 'ok') return folder;
  const unusable = whyNot(path, READ_WRITE);
  if (unusable !== null)
    return {
      status: 'fail',
      message: `${path} is not readable and writable: ${unusable}`,
      fix: 'run chown or chmod on it',
    };
  const torn = tornFile(path, url);
  if (torn) throw torn;
  const wal = statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0;
  const details = { path, bytes: stat.size, walBytes: wal, journal: journalOf(path) };
  const size = `${path}, ${sizeText(stat.size)}${wal > 0 ? ` and ${sizeText(wal)} in its write-ahead log` : ''}`;
  if (stat.size > COPIED_BYTES) {
    const message = `${size}: too long to be read here; hpo storage check reads all of it`;
    return { status: 'ok', message, details: { ...details, studies: null } };
  }
  return judgeContent(path, url, size, details);
}

async function judgeContent(
  path: string,
  url: string,
  size: string,
  details: Record<string, unknown>,
): Promise<Finding> {
  try {
    const studies = await withStorageCopy(
      url,
      'doctor',
      async (storage) => (await storage.listStudies()).length,
    );
    const message = `${size}, ${studies === 1 ? '1 study' : `${studies} studies`}, ${details.journal}`;
    return { status: 'ok', message, details: { ...details, studies } };
  } catch (error) {
    // The file is not the trouble then: the row of SQLite says what is, and how to get it.
    if (error instanceof HpoError && /^storage\.(?:no|unknown)-driver$/.test(error.code))
      return { status: 'info', message: `${size}: not read, since no SQLite loads here`, details };
    return {
      ...failed(error),
      message: `${size}: ${withoutCopy(reasonOf(error), path)}`,
      fix: `${describeCommand(['hpo', 'storage', 'check', '--storage', url])} shows details`,
      details: { ...details, studies: null },
    };
  }
}

/** Returns a message about the copy as one about the file. */
function withoutCopy(text: string, path: string): string {
  const [first = '', ...rest] = text.split(join(tmpdir(), 'hpo-doctor-'));
  return [first, ...rest.map((part) => part.replace(/^\w+\/\d+\/copy\.db/, path))].join('');
}

/** Returns how SQLite writes the file, from two bytes of the header; hpo switches a file to WAL when it first opens it. */
function journalOf(path: string): 'WAL' | 'rollback journal' | 'no header' {
  const head = Buffer.alloc(20);
  const from = openSync(path, 'r');
  try {
    if (readSync(from, head, 0, head.length, 0) < head.length) return 'no header';
    return head[18] === 2 && head[19] === 2 ? 'WAL' : 'rollback journal';
  } finally {
    closeSync(from);
  }
}

/** Checks whether files can be created in a folder that may not exist yet. Creates nothing. */
function judgeFolder(wanted: string, words: string): Finding {
  const folder = nearestFolder(resolve(wanted));
  const details = { path: resolve(wanted), nearest: folder };
  const unusable = statSync(folder).isDirectory()
    ? whyNot(folder, READ_WRITE | constants.X_OK)
    : 'it is not a folder';
  if (unusable === null) return { status: 'ok', message: `${words} ${resolve(wanted)}`, details };
  const message = `${folder} is not writable: ${unusable}`;
  return { status: 'fail', message, fix: 'run chown or chmod on it, or run hpo in another folder', details };
}

function whyNot(path: string, mode: number): string | null {
  try {
    accessSync(path, mode);
    return null;
  } catch (error) {
    return reasonOf(error);
  }
}
