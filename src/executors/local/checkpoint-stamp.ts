import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** A folder with more entries is not read to its end. */
const MAX_ENTRIES = 2000;

/** What is known of each file in a folder of checkpoints, at one moment. */
type Entry = {
  readonly path: string;
  readonly isFolder: boolean;
  readonly inode: string;
  readonly size: number;
  readonly changedNs: string;
};

/**
 * Returns text that differs after a file in the folder was made, removed, renamed or written. What disappears while it is
 * read is left out.
 */
export function stampOf(folder: string): string {
  const seen: Entry[] = [];
  const todo = [folder];
  for (let dir = todo.pop(); dir !== undefined && seen.length < MAX_ENTRIES; dir = todo.pop()) {
    for (const entry of entriesOf(dir)) {
      const path = join(dir, entry.name);
      const stat = lstatSync(path, { throwIfNoEntry: false, bigint: true });
      if (stat === undefined) continue;
      const { ino, size, mtimeNs } = stat;
      const isFolder = entry.isDirectory();
      seen.push({ path, isFolder, inode: `${ino}`, size: Number(size), changedNs: `${mtimeNs}` });
      if (isFolder) todo.push(path);
    }
  }
  return JSON.stringify(seen.sort((a, b) => (a.path < b.path ? -1 : 1)));
}

/** Returns how long ago a file was last written, in milliseconds; infinity where there is none. */
export function quietMs(stamp: string): number {
  const times = entriesIn(stamp).map(({ changedNs }) => Number(BigInt(changedNs) / 1_000_000n));
  return times.length === 0 ? Number.POSITIVE_INFINITY : Date.now() - Math.max(...times);
}

/**
 * Returns whether what is saved is whole although files are being written: a file was put in the place of an earlier one as a
 * whole, and nothing that was there before is written to.
 */
export function isReplacedWhole(before: string, now: string, open: readonly string[]): boolean {
  const inodes = new Map(filesIn(before).map(({ path, inode }) => [path, inode]));
  if (open.some((path) => inodes.has(path))) return false;
  return filesIn(now).some(({ path, inode }) => {
    const earlier = inodes.get(path);
    return earlier !== undefined && earlier !== inode;
  });
}

/** Returns whether the only file that there is, which nobody writes to, is no smaller than it was: it has all its parts. */
export function isOneWholeFile(before: string, now: string): boolean {
  const [file, ...more] = filesIn(now);
  if (file === undefined || more.length > 0) return false;
  const earlier = filesIn(before).find(({ path }) => path === file.path);
  return file.size >= (earlier?.size ?? 0);
}

function filesIn(stamp: string): readonly Entry[] {
  return entriesIn(stamp).filter(({ isFolder }) => !isFolder);
}

function entriesIn(stamp: string): readonly Entry[] {
  return stamp === '' ? [] : (JSON.parse(stamp) as readonly Entry[]);
}

function entriesOf(dir: string) {
  try {
    return readdirSync(dir, { withFileTypes: true });
  } catch {
    return [];
  }
}
