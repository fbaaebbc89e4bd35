import { existsSync, rmSync } from 'node:fs';
import { openStorage } from '../storage/open.js';
import { copyDatabase } from '../storage/snapshot.js';
import type { Storage } from '../storage/storage.js';
import { makeTemporaryFolder } from '../storage/temporary-folder.js';
import { parseStorageUrl } from '../storage/url.js';

/**
 * Runs the body on a copy of the database in a temporary folder, so that nothing is written beside the original. Without
 * a database it runs on an empty one in memory.
 * @throws HpoError as `openStorage`, and whatever `body` throws.
 */
export async function withStorageCopy<T>(
  url: string,
  purpose: 'dry-run' | 'doctor',
  body: (storage: Storage) => Promise<T>,
): Promise<T> {
  const folder = makeTemporaryFolder(`hpo-${purpose}-`);
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

async function openCopy(url: string, folder: string): Promise<Storage> {
  const file = parseStorageUrl(url);
  if (file === ':memory:' || !existsSync(file)) return openStorage('memory:');
  return openStorage(`sqlite:${await copyDatabase(file, folder)}`);
}
