import { existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { codeOf } from '../../core/system-error.js';
import type { StopReason } from '../executor.js';

/** Exit code as the shell writes it: 0 to 255, 128 + N for a death by signal N. */
export type ExitRecord = { readonly exitCode: number; readonly finishedAtMs: number };
/** Who owns the launch: nobody yet, a supervisor (its pid; null while it writes that), or a recovery that revoked it. */
export type LaunchOwner =
  | { readonly kind: 'nobody' }
  | { readonly kind: 'supervisor'; readonly pid: number | null }
  | { readonly kind: 'revoked' };

const REVOKED = 'revoked\n';

/** Returns how the trainer ended; null until that is written with its newline. */
export function readExit(dir: string): ExitRecord | null {
  const file = join(dir, 'exit');
  const text = readText(file);
  return text === null ? null : parseExit(text, () => statSync(file).mtimeMs);
}

/** Returns what the text of an exit file says; null while it is not complete. `mtimeMs`: of the file. */
export function parseExit(text: string, mtimeMs: () => number): ExitRecord | null {
  const match = /^(\d{1,3})\n$/.exec(text);
  return match && { exitCode: Number(match[1]), finishedAtMs: Math.round(mtimeMs()) };
}

export function readLaunchOwner(dir: string): LaunchOwner {
  return parseLaunchOwner(readText(join(dir, 'pid')));
}

/** Returns what the text of a pid file says; null: there is none. */
export function parseLaunchOwner(text: string | null): LaunchOwner {
  if (text === null) return { kind: 'nobody' };
  if (text === REVOKED) return { kind: 'revoked' };
  const match = /^([1-9]\d*)\n$/.exec(text);
  return { kind: 'supervisor', pid: match === null ? null : Number(match[1]) };
}

/** Returns whether a supervisor began and could make no process for its trainer. False where the folder is missing. */
export function wasForkRefused(dir: string): boolean {
  return readLaunchOwner(dir).kind === 'supervisor' && !existsSync(join(dir, 'trainer'));
}

/**
 * Makes sure that the attempt never starts, if it has not yet. The process that creates `pid` owns the launch; a supervisor that is
 * second gives up. False when the launch has an owner already, or the folder is missing.
 */
export async function revokeLaunch(dir: string): Promise<boolean> {
  try {
    await writeFile(join(dir, 'pid'), REVOKED, { flag: 'wx' });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    return unlessMissing(error, false);
  }
}

const STOP_REASONS: readonly StopReason[] = ['pruned', 'interrupted', 'stopped', 'limit', 'paused'];

/** Why an attempt was stopped. `words`: the limit that it broke; null for another reason. */
export type StopNote = { readonly reason: StopReason; readonly words: string | null };

/**
 * Records why an attempt is about to be stopped, before any signal. If its orchestrator is killed in between, the next one
 * must not take the exit code of a TERM for the trainer's own failure. The first reason stands. Never rejects: a note that
 * cannot be written keeps nobody from stopping the attempt.
 */
export async function noteStop(dir: string, { reason, words }: StopNote): Promise<void> {
  const text = `${reason}\n${words ?? ''}`;
  await writeFile(join(dir, 'stop'), text, { flag: 'wx', flush: true }).catch(() => {});
}

/** The exit code of an attempt that ended with its machine, or with the lease of its worker. */
const KILLED = '137\n';

/**
 * Records that an attempt of another machine has ended, where its folder is visible. It was interrupted and has not failed.
 * Never rejects.
 */
export async function noteLost(dir: string): Promise<void> {
  if (!existsSync(dir)) return;
  await noteStop(dir, { reason: 'interrupted', words: null });
  await writeFile(join(dir, 'exit'), KILLED, { flag: 'wx', flush: true }).catch(() => {});
}

/** Removes the note: the attempt could not be stopped and is left running. */
export function forgetStop(dir: string): void {
  rmSync(join(dir, 'stop'), { force: true });
}

/** Returns why the attempt was stopped; null when nobody stopped it. */
export function readStop(dir: string): StopNote | null {
  return parseStop(readText(join(dir, 'stop')));
}

/** Returns what the text of a note says; null: there is none. */
export function parseStop(text: string | null): StopNote | null {
  const [first, words] = text?.split('\n') ?? [];
  const reason = STOP_REASONS.find((known) => known === first);
  return reason === undefined ? null : { reason, words: words || null };
}

/** These files hold one word each: a synchronous read costs less than the thread pool's round trip. */
function readText(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    return unlessMissing(error, null);
  }
}

function unlessMissing<T>(error: unknown, value: T): T {
  if (codeOf(error) === 'ENOENT') return value;
  throw error;
}
