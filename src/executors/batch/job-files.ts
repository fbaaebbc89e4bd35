import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
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

/** Returns the id of the job that owns the attempt; null where none has begun or the launch was revoked. */
export function readJobId(dir: string): string | null {
  return jobIdIn(readText(join(dir, 'pid')));
}

/** Returns the id that the text of a pid file has. */
export function jobIdIn(text: string | null): string | null {
  const id = text?.endsWith('\n') ? text.trim() : '';
  return id === '' || id === 'revoked' ? null : id;
}

/** Notes the id that a submission was answered with, for queues that find a job only by that. */
export function noteJobId(dir: string, id: string): void {
  if (id !== '') writeFileSync(join(dir, 'job-id'), `${id}\n`);
}

/** Returns the host on which the job runs or ran; null where nobody knows. */
export function readHost(dir: string): string | null {
  return readText(join(dir, 'host'))?.trim() || null;
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
