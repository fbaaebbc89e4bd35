import { rmSync, statSync } from 'node:fs';
import type { Connect, Driver } from '../storage/driver.js';

// A lock of the kernel on a small file, held through SQLite for the life of a process: it ends with the process, however
// that ends, and others see it across PID namespaces, users and a /proc that hides. Nothing else may open a file that
// this process has locked: closing any descriptor of it would let the lock go.

/** How often a lock that somebody looks at in this moment is tried again, and how long it waits in between. */
const TRIES = 200;
const PAUSE_MS = 5;

/**
 * Takes the lock on a file, which is made, and returns how to let it go; null when it cannot be had, and then the file
 * is not there either: one without a lock would say that its process has ended.
 */
export function takeLock(connect: Connect, file: string): (() => void) | null {
  try {
    for (let tries = 0; tries < TRIES; tries++) {
      const taken = tryLock(connect, file);
      if (taken !== null) return taken;
      pause(PAUSE_MS);
    }
  } catch {
    // No space, no permission, or a file system without locks.
  }
  removeFile(file);
  return null;
}

function tryLock(connect: Connect, file: string): (() => void) | null {
  const driver = connect(file);
  try {
    // No journal beside it, which a kill would leave there.
    driver.all('PRAGMA journal_mode = MEMORY', []);
    driver.all('BEGIN EXCLUSIVE', []);
    // Who tidies may have removed the file before it was locked; the name must lead to what is locked.
    if (isThere(file)) return () => driver.close();
  } catch (error) {
    if (driver.failure(error) !== 'busy') {
      driver.close();
      throw error;
    }
    driver.close();
    // Who only looks shares the lock: if nobody can, another thread of this process has it.
    if (isLocked(connect, file) === true) return () => {};
    return null;
  }
  driver.close();
  return null;
}

/** Whether a process holds the lock on a file; null when there is no such file, or it cannot be looked at. */
export function isLocked(connect: Connect, file: string): boolean | null {
  return whileShared(connect, file, () => {});
}

/** Removes the file of a process that has ended; one that is locked stays. */
export function removeUnlocked(connect: Connect, file: string): void {
  // Under the shared lock: who is about to lock it waits, and then sees that it is gone.
  whileShared(connect, file, () => removeFile(file));
}

/** Runs `action` while nobody can take the lock; true, and it is not run, when somebody has it. */
function whileShared(connect: Connect, file: string, action: () => void): boolean | null {
  if (!isThere(file)) return null;
  let driver: Driver | null = null;
  try {
    driver = connect(file, 'read');
    driver.all('BEGIN', []);
    driver.all('SELECT count(*) FROM sqlite_master', []);
    action();
    return false;
  } catch (error) {
    return driver?.failure(error) === 'busy' ? true : null;
  } finally {
    driver?.close();
  }
}

function isThere(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false }) !== undefined;
}

function removeFile(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // Not ours to remove.
  }
}

/** Without giving way to anything else: nothing may be stored under an identity before its lock is held. */
function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
