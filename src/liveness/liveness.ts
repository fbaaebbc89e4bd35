import { readdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Connect } from '../storage/drivers/driver.js';
import { makeFolder } from './folders.js';
import { ownIdentity, parseIdentity } from './identity.js';
import { judgeBySight, type Verdict } from './judge.js';
import { isLocked, removeUnlocked, takeLock } from './lock.js';

export type { Verdict } from './judge.js';

/** Which process owns something, and whether it still lives. */
export type Liveness = {
  /** This process, as `identity.ts` writes it. */
  readonly self: string;
  /**
   * Returns `self`, which others can judge from now on, anywhere on this host. Call it before anything is stored under this name.
   */
  hold(): string;
  judge(owner: string): Verdict;
};

export type OwnedLiveness = Liveness & {
  /** Whether anything may have been stored under `self`. */
  readonly isHeld: boolean;
  /** This process owns nothing here any more. Removes files of ended processes that nothing refers to. */
  close(isReferred: (owner: string) => boolean): void;
};

/** Judges by sight alone: for things that no other process can know of. */
export function livenessBySight(): OwnedLiveness {
  return { self: ownIdentity(), isHeld: false, hold: ownIdentity, judge: judgeBySight, close: () => {} };
}

/** Locks of this process by their files, with the number of their users: a process can lock a file only once. */
const held = new Map<string, { users: number; release: () => void }>();

/**
 * Judges by the locks in a folder that all processes on the same database (or leases) share. Each process has a small file there,
 * named after it, that it keeps locked while it lives. A process without a file is judged by sight. The folder is created when it
 * is needed; where that fails, this process is judged by sight too.
 */
export function openLiveness(folder: string, connect: Connect): OwnedLiveness {
  const self = ownIdentity();
  const fileOf = (owner: string) => join(folder, toFileName(owner));
  let isHeld = false;

  const judge = (owner: string): Verdict => {
    if (owner === self) return 'alive';
    // Owners come out of databases too: only a valid identity may become a file name.
    const locked = parseIdentity(owner) === null ? null : isLocked(connect, fileOf(owner));
    if (locked === null) return judgeBySight(owner);
    return locked ? 'alive' : 'ended';
  };

  return {
    self,
    get isHeld() {
      return isHeld;
    },
    hold: () => {
      isHeld ||= addUser(connect, folder, fileOf(self));
      return self;
    },
    judge,
    close: (isReferred) => {
      if (!isHeld) return;
      isHeld = false;
      removeUser(fileOf(self));
      for (const owner of namesIn(folder).map(toOwner)) {
        if (parseIdentity(owner) !== null && !held.has(fileOf(owner)) && !isReferred(owner))
          removeUnlocked(connect, fileOf(owner));
      }
      try {
        rmdirSync(folder);
      } catch {
        // Other processes use it.
      }
    },
  };
}

/** Windows allows no colon in the name of a file, and an identity has no plus sign. */
function toFileName(owner: string): string {
  return process.platform === 'win32' ? owner.replaceAll(':', '+') : owner;
}

function toOwner(fileName: string): string {
  return process.platform === 'win32' ? fileName.replaceAll('+', ':') : fileName;
}

function addUser(connect: Connect, folder: string, file: string): boolean {
  const lock = held.get(file);
  if (lock) {
    lock.users += 1;
    return true;
  }
  try {
    makeFolder(folder);
  } catch {
    return false;
  }
  const release = takeLock(connect, file);
  if (release !== null) held.set(file, { users: 1, release });
  return release !== null;
}

function removeUser(file: string): void {
  const lock = held.get(file);
  if (!lock) return;
  lock.users -= 1;
  if (lock.users > 0) return;
  held.delete(file);
  lock.release();
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
