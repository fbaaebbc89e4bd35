import { existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { codeOf } from '../../core/system-error.js';
import type { StopReason } from '../executor.js';

/** Exit code as the shell writes it: 0 to 255, 128 + N for a death by signal N. */
export type ExitRecord = { readonly exitCode: number; readonly finishedAtMs: number };
/** Who owns the launch: nobody yet, a supervisor (its pid, null while it writes), or a recovery that forbade it. */
export type LaunchOwner =
  | { readonly kind: 'nobody' }
  | { readonly kind: 'supervisor'; readonly pid: number | null }
  | { readonly kind: 'revoked' };

const REVOKED = 'revoked\n';

/** How the trainer ended, or null while that is not written in full (it is complete only with its newline). */
export function readExit(dir: string): ExitRecord | null {
  const file = join(dir, 'exit');
  const text = readText(file);
  const match = text === null ? null : /^(\d{1,3})\n$/.exec(text);
  if (match === null) return null;
  return { exitCode: Number(match[1]), finishedAtMs: Math.round(statSync(file).mtimeMs) };
}

export function readLaunchOwner(dir: string): LaunchOwner {
  const text = readText(join(dir, 'pid'));
  if (text === null) return { kind: 'nobody' };
  if (text === REVOKED) return { kind: 'revoked' };
  const match = /^([1-9]\d*)\n$/.exec(text);
  return { kind: 'supervisor', pid: match === null ? null : Number(match[1]) };
}

/** Whether a supervisor began, and never came to run its trainer: it could make no process. False where the folder is gone. */
export function wasForkRefused(dir: string): boolean {
  return readLaunchOwner(dir).kind === 'supervisor' && !existsSync(join(dir, 'trainer'));
}

/**
 * Makes sure that the attempt never starts, if it has not yet: whoever creates `pid` owns the launch, and the
 * supervisor gives up when it was second. False when the launch has an owner already, or the folder is gone.
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

const STOP_REASONS: readonly StopReason[] = ['pruned', 'interrupted', 'stopped', 'limit'];

/** Why an attempt was stopped; `words`: the limit that it broke, null for another reason. */
export type StopNote = { readonly reason: StopReason; readonly words: string | null };

/**
 * Notes why an attempt is about to be stopped, before any signal: should its orchestrator die in between, the next
 * one must not take the exit code of a TERM for the trainer's own failure. The first reason stands. Never rejects: a note
 * that cannot be written, for whatever reason, keeps nobody from stopping the attempt.
 */
export async function noteStop(dir: string, { reason, words }: StopNote): Promise<void> {
  const text = `${reason}\n${words ?? ''}`;
  await writeFile(join(dir, 'stop'), text, { flag: 'wx', flush: true }).catch(() => {});
}

/** Takes the note back: whoever wrote it could not stop the attempt, and leaves it running. */
export function forgetStop(dir: string): void {
  rmSync(join(dir, 'stop'), { force: true });
}

/** Why the attempt was stopped; null when nobody did. */
export function readStop(dir: string): StopNote | null {
  const [first, words] = readText(join(dir, 'stop'))?.split('\n') ?? [];
  const reason = STOP_REASONS.find((known) => known === first);
  return reason === undefined ? null : { reason, words: words || null };
}

/** These files hold a word each: read at once they cost less than the thread pool's round trips. */
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
