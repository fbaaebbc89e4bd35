import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmdirSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, onTestFinished, test } from 'vitest';

let able: boolean | null = null;

/** Whether this user may mount a small disk. */
export function canMount(): boolean {
  if (able === null) {
    const folder = mkdtempSync(join(tmpdir(), 'hpo-mount-'));
    able = mount(folder, 1);
    if (able) spawnSync('umount', [folder]);
    rmdirSync(folder);
  }
  return able;
}

function mount(folder: string, megabytes: number): boolean {
  return spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder]).status === 0;
}

/** `describe` for tests on a disk that is really full; skipped under a name that says what they need. */
export function describeOnSmallDisk(title: string, body: () => void): void {
  if (canMount()) describe(title, body);
  else if (process.env.HPO_REQUIRE_REAL_PARTS === '1')
    test(title, () => {
      throw new Error('a tmpfs cannot be mounted here and HPO_REQUIRE_REAL_PARTS=1: run the tests as root');
    });
  else describe.skip(`${title} (needs a tmpfs of its own: run as root)`, body);
}

/** Mounts a disk of this many megabytes, removed after the test. */
export function smallDisk(megabytes: number): string {
  const folder = mkdtempSync(join(tmpdir(), 'hpo-disk-'));
  if (!mount(folder, megabytes)) throw new Error('a tmpfs could not be mounted');
  onTestFinished(() => {
    spawnSync('umount', ['-l', folder]);
    rmdirSync(folder);
  });
  return folder;
}

/** Fills a disk, except this many bytes. */
export function fill(folder: string, leftBytes = 0): string {
  const file = join(folder, `ballast-${Math.random().toString(36).slice(2)}`);
  const { bfree, bsize } = statfsSync(folder);
  try {
    writeFileSync(file, Buffer.alloc(Math.max(0, bfree * bsize - leftBytes)));
  } catch {
    // It has taken all the space.
  }
  return file;
}

/**
 * Makes a folder read-only for files opened from now on, as a disk with errors does; files that are open stay writable.
 * Returns what makes it writable again.
 */
export function readOnly(folder: string): () => void {
  const run = (...args: readonly [string, ...string[]]) => {
    const { status, stderr } = spawnSync(args[0], args.slice(1), { encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
  };
  // A second mount over the first: the first one cannot be made read-only while a log is written. It is prepared
  // elsewhere, or a file could be opened for writing in between.
  const aside = mkdtempSync(join(tmpdir(), 'hpo-read-only-'));
  run('mount', '--bind', folder, aside);
  run('mount', '-o', 'remount,bind,ro', aside);
  run('mount', '--bind', aside, folder);
  run('umount', aside);
  rmdirSync(aside);
  let over = false;
  const writable = () => {
    if (!over) run('umount', '-l', folder);
    over = true;
  };
  onTestFinished(writable);
  return writable;
}
