import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readExit, readStop } from '../local/attempt-dir.js';
import type { JobRequest } from './batch-queue.js';

/**
 * What a job leaves in its attempt's folder, beside `pid` (the id of the job that owns the attempt), `exit`, `log` and `stop`:
 * `host` where it runs, `beat` which it writes again and again, `ended` when TERM has come. `submitted` is written before the
 * submission, `job-id` after it, `queue.log` has the queue's own messages. `array` is there where it shares a job with others.
 */
export const jobFiles = (dir: string) =>
  ({
    script: join(dir, 'job.sh'),
    prologue: join(dir, 'prologue.sh'),
    output: join(dir, 'queue.log'),
  }) as const;

type NamedAttempt = { readonly trial: number; readonly token: string };

/** Returns the name of an attempt's job: it holds the token, which nothing else has. */
export function jobName({ trial, token }: NamedAttempt): string {
  return `hpo-${trial}-${token}`;
}

/** Returns the name of a task of an array, which is a job with several attempts. */
function taskName({ array, task }: ArrayTask): string {
  return `${arrayName(array)}/${task}`;
}

/** Returns the name of an array by its token. */
export function arrayName(array: string): string {
  return `hpo-array-${array}`;
}

/** The place of an attempt in an array: the array's token, and which task it is. */
export type ArrayTask = { readonly array: string; readonly task: number };

/** Notes the array that an attempt is submitted with; null: it is a job of its own. */
export function noteArrayTask(dir: string, task: ArrayTask | null): void {
  const file = join(dir, 'array');
  if (task === null) rmSync(file, { force: true });
  else writeFileSync(file, `${task.array} ${task.task}\n`, { flush: true });
}

/** Returns the name by which the job of an attempt is found: its own, or that of its task. */
export function knownName(dir: string, attempt: NamedAttempt): string {
  const [, array, task] = /^(\S+) (\d+)\n$/.exec(readText(join(dir, 'array')) ?? '') ?? [];
  return array === undefined ? jobName(attempt) : taskName({ array, task: Number(task) });
}

/** Notes that a job may exist from now on. It reaches the disk before this returns. */
export function noteSubmission(dir: string): void {
  writeFileSync(join(dir, 'submitted'), '', { flush: true });
}

/** Returns whether a job may exist. */
export function wasSubmitted(dir: string): boolean {
  return existsSync(join(dir, 'submitted'));
}

/** Returns the id of the job that owns the attempt; null where none has begun or the launch was revoked. */
export function readJobId(dir: string): string | null {
  const text = readText(join(dir, 'pid'));
  const id = text?.endsWith('\n') ? text.trim() : '';
  return id === '' || id === 'revoked' ? null : id;
}

/** Notes the id that a submission was answered with, for queues that find a job only by that. */
export function noteJobId(dir: string, id: string): void {
  if (id !== '') writeFileSync(join(dir, 'job-id'), `${id}\n`);
}

/** Returns the id of an attempt's job, as far as it is known. */
export function readKnownId(dir: string): string | null {
  return readText(join(dir, 'job-id'))?.trim() || readJobId(dir);
}

/** Returns when the job began, in ms since 1970 by the file server's clock; null before. */
export function readBegun(dir: string): number | null {
  return mtimeOf(join(dir, 'pid'));
}

/** Returns the host on which the job runs or ran; null where nobody knows. */
export function readHost(dir: string): string | null {
  return readText(join(dir, 'host'))?.trim() || null;
}

/** Returns whether the job got a TERM: its exit code may say only that. */
export function wasTerminated(dir: string): boolean {
  return existsSync(join(dir, 'ended'));
}

/**
 * Returns whether an attempt's exit code is its end. After a TERM that hpo did not send, the queue may start the job again.
 */
export function hasSettled(dir: string): boolean {
  return readExit(dir) !== null && (!wasTerminated(dir) || readStop(dir) !== null);
}

/** Returns when the job last showed that it runs; null where it never did. */
export function readBeat(dir: string): number | null {
  return mtimeOf(join(dir, 'beat'));
}

/** Makes a network file system forget what it remembers of a folder: a change from here shows that there were others. */
export function refreshFolder(dir: string): void {
  try {
    writeFileSync(join(dir, 'looked'), '');
  } catch {
    // A full disk: what is remembered expires by itself.
  }
}

function mtimeOf(file: string): number | null {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? null;
}

function readText(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

/** Returns the job of an attempt's folder. */
export function jobRequest(dir: string, attempt: NamedAttempt, cwd: string): JobRequest {
  const { script, output } = jobFiles(dir);
  return { name: jobName(attempt), script, output, cwd };
}
