import { rmSync, statSync } from 'node:fs';
import type { Connect, Driver } from '../storage/drivers/driver.js';

// A kernel lock on a small file, held through SQLite for the life of a process. The kernel releases it however the process ends,
// and others see it across PID namespaces, users and a hidden /proc. Nothing else may open a file that this process has locked:
// closing any descriptor of it would release the lock.

/** How often a lock that another process is checking is tried again, and the wait in between. */
const TRIES = 200;
const PAUSE_MS = 5;

/**
 * Creates a file, locks it, and returns a function that releases the lock; null when that fails. The file is then removed: a file
 * without a lock would mean that its process has ended.
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
    // No journal, which a kill would leave beside it.
    driver.all('PRAGMA journal_mode = MEMORY', []);
    driver.all('BEGIN EXCLUSIVE', []);
    // A cleanup may have removed the file before it was locked; the name must lead to the locked file.
    if (isThere(file)) return () => driver.close();
  } catch (error) {
    if (driver.failure(error) !== 'busy') {
      driver.close();
      throw error;
    }
    driver.close();
    // A check takes a shared lock: if that fails as well, another thread of this process holds it.
    if (isLocked(connect, file) === true) return () => {};
    return null;
  }
  driver.close();
  return null;
}

/** Returns whether a process holds the lock on a file; null when there is no such file, or it cannot be opened. */
export function isLocked(connect: Connect, file: string): boolean | null {
  return whileShared(connect, file, () => {});
}

/** Removes the file of a process that has ended; one that is locked stays. */
export function removeUnlocked(connect: Connect, file: string): void {
  // Under the shared lock: a process that is about to lock it waits, and then sees that the file is gone.
  whileShared(connect, file, () => removeFile(file));
}

/** Runs `action` while no process can take the lock; returns true without running it when a process holds the lock. */
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
    // It belongs to another user.
  }
}

/** Waits synchronously: nothing may be stored under an identity before its lock is held. */
function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
