import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { codeOf } from '../../core/system-error.js';
import type { RunHooks } from '../executor.js';
import { readExit, readLaunchOwner } from './attempt-dir.js';
import { isAttemptAlive } from './attempt-liveness.js';
import { ATTEMPTS, type AttemptFiles } from './paths.js';

/** Returns the folder of an attempt in a study's folder that still runs, except those of `own`; null when none does. */
export function livingAttempt(studyDir: string, own: readonly string[]): string | null {
  const folder = join(studyDir, ATTEMPTS);
  const known = new Set(own.map((dir) => basename(dir)));
  const others = namesIn(folder).filter((name) => !known.has(name));
  return others.map((name) => join(folder, name)).find(isAlive) ?? null;
}

const LOOK_MS = 250;

/**
 * Resolves with true when no other attempt runs in the trial's folder; with false when this one is stopped before. The
 * database knows of none, or it would not start this one. But it may be an older copy that was put back while trainers ran.
 */
export async function untilFree(
  { dir, logLink, trialDir }: AttemptFiles,
  hooks: Pick<RunHooks, 'signal' | 'warn'>,
): Promise<boolean> {
  for (let looks = 0; ; looks++) {
    const other = dirname(linkTarget(logLink) ?? '');
    if (other === '.' || other === dir || !isAlive(other)) return !hooks.signal.aborted;
    if (hooks.signal.aborted) return false;
    if (looks === 0)
      hooks.warn(
        `waits for a trainer that still runs in ${trialDir} and is not in this database; end it, or let it finish`,
      );
    await sleep(LOOK_MS);
  }
}

/** Null for anything but a link. */
function linkTarget(path: string): string | null {
  try {
    return resolve(dirname(path), readlinkSync(path));
  } catch {
    return null;
  }
}

function isAlive(dir: string): boolean {
  return readExit(dir) === null && (isAttemptAlive(dir, '') !== 'ended' || isSupervised(dir));
}

/** Attempts of earlier versions have no pipe. Their supervisor has the folder among its arguments. */
function isSupervised(dir: string): boolean {
  const launch = readLaunchOwner(dir);
  if (launch.kind !== 'supervisor' || launch.pid === null) return false;
  return readText(`/proc/${launch.pid}/cmdline`).includes(`/${basename(dir)}\0`);
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return [];
    throw error;
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}
