import { open, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf } from '../../core/system-error.js';
import {
  type ExitRecord,
  type LaunchOwner,
  parseExit,
  parseLaunchOwner,
  parseStop,
  type StopNote,
} from '../local/attempt-dir.js';
import { jobIdIn } from './job-files.js';

/** What the folder of an attempt shows of its job. */
export type JobSigns = {
  readonly owner: LaunchOwner;
  /** The job that owns the attempt; null where none has begun or the launch was revoked. */
  readonly jobId: string | null;
  readonly exit: ExitRecord | null;
  readonly stop: StopNote | null;
  /**
   * Whether the exit code is the attempt's end. After a TERM that hpo did not send, the queue may start the job again.
   */
  readonly hasSettled: boolean;
  /** Whether a job may exist. */
  readonly wasSubmitted: boolean;
};

/**
 * Reads what a folder shows of a job. It may be on a network file system: each file is opened each time, which asks the server, and a server
 * that does not answer holds up nothing else. Rejects where the folder cannot be read, which says nothing of the job.
 */
export async function readSigns(dir: string): Promise<JobSigns> {
  const exit = await readText(join(dir, 'exit'));
  const [pid, stop, ended, submitted] = await Promise.all(
    ['pid', 'stop', 'ended', 'submitted'].map((name) => readText(join(dir, name))),
  );
  const record = exit === null ? null : parseExit(exit.text, () => exit.mtimeMs);
  // A job writes that it got a TERM before its exit code, and removes the code first when it begins again.
  const isLast = record !== null && ended == null && (await readText(join(dir, 'exit'))) !== null;
  const note = parseStop(stop?.text ?? null);
  return {
    owner: parseLaunchOwner(pid?.text ?? null),
    jobId: jobIdIn(pid?.text ?? null),
    exit: record,
    stop: note,
    hasSettled: isLast || (record !== null && note !== null),
    wasSubmitted: submitted != null,
  };
}

/** Returns the id of an attempt's job, as far as it is known: as the submission was answered, or as the job itself says. */
export async function readKnownId(dir: string): Promise<string | null> {
  const [answered, own] = await Promise.all(
    ['job-id', 'pid'].map((name) => readFile(join(dir, name), 'utf8').catch(() => null)),
  );
  return answered?.trim() || jobIdIn(own ?? null);
}

/** Returns the host on which the job runs or ran; null where nobody knows. */
export async function readHost(dir: string): Promise<string | null> {
  return (await readText(join(dir, 'host')).catch(() => null))?.text.trim() || null;
}

/** Returns when a file last changed, by the clock of its server; null where it is not there or cannot be read. */
export async function changedAt(file: string): Promise<number | null> {
  return (await readText(file).catch(() => null))?.mtimeMs ?? null;
}

/**
 * Makes a network file system forget what it remembers of a folder: a change from here shows that there were others. A file that is
 * there already would change nothing.
 */
export async function refreshFolder(dir: string): Promise<void> {
  const file = join(dir, 'looked');
  // A full disk: what is remembered expires by itself.
  await writeFile(file, '')
    .then(() => rm(file))
    .catch(() => {});
}

/** Null where there is no such file. */
async function readText(file: string): Promise<{ readonly text: string; readonly mtimeMs: number } | null> {
  try {
    const handle = await open(file, 'r');
    try {
      return { text: await handle.readFile('utf8'), mtimeMs: (await handle.stat()).mtimeMs };
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}
