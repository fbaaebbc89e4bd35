import { statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname } from 'node:path';
import { nearestFolder } from '../../liveness/folders.js';
import { storageFile } from '../../storage/url.js';
import { outputsDir } from '../paths.js';
import type { Check, Finding } from './check.js';
import { sizeText } from './format-bytes.js';

const MIB = 1024 * 1024;
/** Warning limit: a sweep with long logs uses this much in a night. */
const LITTLE_BYTES = 1024 * MIB;
/** Failure limit: a sweep starts no trial where its next write may not fit. */
const NO_BYTES = 16 * MIB;
const FEW_INODES = 10_000;
const NO_INODES = 100;

/** Free space of a disk, as statfs reports it. */
export type Space = {
  /** For users other than root. */
  readonly freeBytes: number;
  readonly totalBytes: number;
  readonly freeInodes: number;
  /** 0 where the file system has no fixed number. */
  readonly totalInodes: number;
};

export const diskChecks: readonly Check[] = [
  { name: 'space.storage', run: ({ storage }) => space(folderOf(storage)) },
  { name: 'space.outputs', run: () => space(outputsDir()) },
  {
    name: 'space.tmp',
    run: async () => {
      const found = await space(tmpdir());
      // Only previews write there, and some trainers.
      return found.status === 'fail' ? { ...found, status: 'warn' } : found;
    },
  },
];

function folderOf(storage: string): string | null {
  const path = storageFile(storage);
  return path === null ? null : dirname(path);
}

/** Checks the disk that holds a folder, or will hold it. */
async function space(folder: string | null): Promise<Finding> {
  if (folder === null) return { status: 'ok', message: 'uses no disk of this machine' };
  const near = nearestFolder(folder);
  const { bavail, bsize, blocks, files, ffree } = await statfs(near);
  const found = {
    freeBytes: bavail * bsize,
    totalBytes: blocks * bsize,
    freeInodes: ffree,
    totalInodes: files,
  };
  return judgeSpace(found, near);
}

/** Returns whether a sweep has enough space to write to a folder. */
export function judgeSpace(space: Space, folder: string): Finding {
  const { freeBytes, totalBytes, freeInodes, totalInodes } = space;
  const details = { path: folder, ...space };
  const message = `${sizeText(freeBytes)} of ${sizeText(totalBytes)} free in ${folder}`;
  const inodes = `${message}, but only ${freeInodes} more files`;
  const fix = 'free some space (or raise the quota), or use another disk';
  if (freeBytes < NO_BYTES) return { status: 'fail', message, fix, details };
  if (totalInodes > 0 && freeInodes < NO_INODES)
    return { status: 'fail', message: inodes, fix: 'delete files', details };
  if (freeBytes < LITTLE_BYTES) return { status: 'warn', message, fix, details };
  if (totalInodes > 0 && freeInodes < FEW_INODES)
    return { status: 'warn', message: inodes, fix: 'delete files', details };
  return { status: 'ok', message, details };
}
