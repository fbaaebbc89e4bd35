import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { openStorage } from '../../src/storage/open.js';
import { folder } from './support.js';

const NFS = 0x6969;
const V9FS = 0x01021997;
let type = NFS;

// No test machine has such a mount: what the kernel would say of one is put in its place, and nothing else.
vi.mock('node:fs', async (importOriginal) => {
  const fs = await importOriginal<typeof import('node:fs')>();
  return { ...fs, statfsSync: () => ({ type }) };
});

test('opening refuses a network file system before anything is made there', async () => {
  type = NFS;
  const place = await folder();
  await expect(openStorage(`sqlite:${place}/new/study.db`)).rejects.toMatchObject({
    code: 'storage.network-fs',
    usage: true,
  });
  expect(existsSync(join(place, 'new'))).toBe(false);
});

test('opening warns of what may be one, and opens it', async () => {
  type = V9FS;
  const warnings: string[] = [];
  const url = `sqlite:${await folder()}/study.db`;
  const storage = await openStorage(url, { warn: (message) => warnings.push(message) });
  expect(warnings).toEqual([expect.stringContaining('9P')]);
  await storage.close();
});
