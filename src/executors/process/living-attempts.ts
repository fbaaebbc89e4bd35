import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { codeOf, readExit, readLaunchOwner } from './attempt-dir.js';
import { isAttemptAlive } from './attempt-liveness.js';
import { ATTEMPTS } from './paths.js';

/**
 * The folder of an attempt in a study's folder that still runs, those of `own` apart; null when there is none.
 */
export function livingAttempt(studyDir: string, own: readonly string[]): string | null {
  const folder = join(studyDir, ATTEMPTS);
  const known = new Set(own.map((dir) => basename(dir)));
  const others = namesIn(folder).filter((name) => !known.has(name));
  return others.map((name) => join(folder, name)).find(isAlive) ?? null;
}

function isAlive(dir: string): boolean {
  return readExit(dir) === null && (isAttemptAlive(dir, '') !== 'ended' || isSupervised(dir));
}

/** Attempts of earlier versions have no pipe; their supervisor has the folder among its arguments. */
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
