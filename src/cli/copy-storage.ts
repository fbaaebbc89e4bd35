import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HpoError } from '../core/errors.js';
import { openStorage } from '../storage/open.js';
import type { Storage } from '../storage/storage.js';
import { parseStorageUrl } from '../storage/url.js';

const COPY_TRIES = 20;
const COPY_PAUSE_MS = 50;

/**
 * Works on a copy of a database in a temporary folder, so that nothing is written where it lives; on an empty one in
 * plain memory where there is none yet.
 * @throws HpoError as `openStorage`, and whatever `body` throws.
 */
export async function withStorageCopy<T>(
  url: string,
  purpose: 'dry-run' | 'doctor',
  body: (storage: Storage) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), `hpo-${purpose}-`));
  try {
    const storage = await openCopy(url, folder);
    try {
      return await body(storage);
    } finally {
      await storage.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A sweep that runs meanwhile may write between the copies of two pages: such a copy is torn, and made again. */
async function openCopy(url: string, folder: string): Promise<Storage> {
  for (let tries = 1; ; tries++) {
    const place = join(folder, String(tries));
    mkdirSync(place);
    try {
      return await openStorage(copyStorage(url, place));
    } catch (error) {
      if (!(error instanceof HpoError) || error.code !== 'storage.corrupt' || tries === COPY_TRIES)
        throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, COPY_PAUSE_MS));
  }
}

/** The URL of a copy; of an empty place when there is no database yet. */
function copyStorage(url: string, folder: string): string {
  const file = parseStorageUrl(url);
  if (file === ':memory:' || !existsSync(file)) return 'memory:';
  for (const suffix of ['', '-wal'])
    if (existsSync(file + suffix)) copyFileSync(file + suffix, join(folder, `copy.db${suffix}`));
  return `sqlite:${join(folder, 'copy.db')}`;
}
