import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { HpoError } from '../core/errors.js';
import { openStorage } from '../storage/open.js';
import type { DatabasePlace } from '../storage/place.js';
import { isPostgresUrl } from '../storage/shown-url.js';
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
    const { storage, place } = await openCopy(url, folder);
    try {
      return await body(storage, place);
    } finally {
      await storage.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

type Copy = { readonly storage: Storage; readonly place: DatabasePlace };

async function openCopy(url: string, folder: string): Promise<Copy> {
  if (isPostgresUrl(url)) return copyOfServer(url, join(folder, 'copy.db'));
  const file = storageFile(url);
  if (file === null) return { storage: await openStorage('memory:'), place: { kind: 'memory' } };
  const copy = existsSync(file) ? `sqlite:${await copyDatabase(file, folder)}` : 'memory:';
  return { storage: await openStorage(copy), place: { kind: 'file', path: file } };
}

/** Copies every study to a file. The studies keep their uids, as in a copy of a file. */
async function copyOfServer(url: string, path: string): Promise<Copy> {
  const server = await openStorage(url, { create: false, readOnly: true }).catch((error: unknown) => {
    if (error instanceof HpoError && error.code === 'storage.not-found' && error.cause === undefined)
      return null;
    throw error;
  });
  if (server === null) return { storage: await openStorage('memory:'), place: { kind: 'memory' } };
  const storage = await openStorage(`sqlite:${path}`);
  try {
    for (const { id, name } of await server.listStudies())
      await storage.writeStudyRows(name, await server.readStudyRows(id), null);
    return { storage, place: server.place };
  } finally {
    await server.close();
  }
}
