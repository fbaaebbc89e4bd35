import { existsSync, rmSync } from 'node:fs';
import { openStorage } from '../storage/open.js';
import type { DatabasePlace } from '../storage/place.js';
import { copyDatabase } from '../storage/snapshot.js';
import type { Storage } from '../storage/storage.js';
import { makeTemporaryFolder } from '../storage/temporary-folder.js';
import { storageFile } from '../storage/url.js';

/**
 * Runs the body on a copy of the database in a temporary folder, so that nothing is written beside the original. Without
 * a database it runs on an empty one in memory.
 * @throws HpoError as `openStorage`, and whatever `body` throws.
 */
export async function withStorageCopy<T>(
  url: string,
  purpose: 'dry-run' | 'doctor',
  body: (storage: Storage, original: DatabasePlace) => Promise<T>,
): Promise<T> {
  const folder = makeTemporaryFolder(`hpo-${purpose}-`);
  try {
    const file = storageFile(url);
    const storage = await openCopy(file, folder);
    try {
      return await body(storage, file === null ? { kind: 'memory' } : { kind: 'file', path: file });
    } finally {
      await storage.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function openCopy(file: string | null, folder: string): Promise<Storage> {
  if (file === null || !existsSync(file)) return openStorage('memory:');
  return openStorage(`sqlite:${await copyDatabase(file, folder)}`);
}
