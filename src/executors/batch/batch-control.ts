import { mkdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CheckpointPolicy } from '../../core/checkpoints.js';
import type { Aliveness, AttemptControl, AttemptRef, Cancellation } from '../executor.js';
import { attemptFolder } from '../handle.js';
import { type ExitRecord, noteStop, revokeLaunch } from '../local/attempt-dir.js';
import { readLog } from '../local/control.js';
import type { BatchQueue, JobKey } from './batch-queue.js';
import { makeJobCheckpoints } from './job-checkpoints.js';
import { knownName } from './job-files.js';
import { readKnownId, readSigns } from './job-signs.js';
import { jobNamed } from './queue-watch.js';

/** How long a job has to end, in milliseconds. */
export type EndTimes = {
  /** Between TERM and the end by force. */
  readonly graceMs: number;
  /** After that, before it counts as out of reach: a queue kills after a wait of its own. */
  readonly killWaitMs: number;
};

export const END_TIMES: EndTimes = { graceMs: 10_000, killWaitMs: 90_000 };
const CHECK_MS = 100;
/** How often the queue is asked while a job ends. */
const LOOK_MS = 1000;

/**
 * Returns what any process that sees a study's folder and the queue can do with its attempts. `kind`: of their handles.
 */
export function makeBatchControl(
  queue: BatchQueue,
  { checkpoints = 'keep', studyDir = '', times = END_TIMES }: Partial<ControlOptions> = {},
): AttemptControl {
  return {
    // A folder that cannot be read proves nothing.
    isAlive: (attempt) => isJobAlive(queue, attempt).catch(() => 'unknown'),
    cancel: async (attempt, reason) => {
      const dir = folderOf(attempt);
      if (reason !== 'stopped' && (await exitOf(dir)) === null) await noteStop(dir, { reason, words: null });
      return cancelJob(queue, attempt, times);
    },
    logs: (attempt, fromByte) => readLog({ ...attempt, handle: folderOf(attempt) }, fromByte),
    checkpoints: makeJobCheckpoints(checkpoints, studyDir),
  };
}

type ControlOptions = {
  readonly checkpoints: CheckpointPolicy;
  readonly studyDir: string;
  readonly times: EndTimes;
};

/** Returns the folder of an attempt that a batch executor allocated. */
export function folderOf({ handle }: Pick<AttemptRef, 'handle'>): string {
  const folder = attemptFolder(handle);
  if (folder === null) throw new TypeError(`expected a handle with a folder, got ${handle}`);
  return folder;
}

async function isJobAlive(queue: BatchQueue, attempt: AttemptRef): Promise<Aliveness> {
  const dir = folderOf(attempt);
  const signs = await readSigns(dir);
  if (signs.hasSettled || signs.owner.kind === 'revoked' || !signs.wasSubmitted) return 'ended';
  const jobs = await queue.look([await keyOf(attempt)]);
  const state = jobs && jobNamed(jobs, knownName(dir, attempt))?.state;
  if (!state) return jobs === null || (await exitOf(dir)) === null ? 'unknown' : 'ended';
  return state.kind === 'waiting' || state.kind === 'running' ? 'alive' : 'ended';
}

async function exitOf(dir: string): Promise<ExitRecord | null> {
  return (await readSigns(dir).catch(() => null))?.exit ?? null;
}

async function keyOf(attempt: AttemptRef): Promise<JobKey> {
  const dir = folderOf(attempt);
  return { name: knownName(dir, attempt), id: await readKnownId(dir) };
}

/** Ends an attempt's job, and says what that achieved. One that has not begun never will. */
export async function cancelJob(
  queue: BatchQueue,
  attempt: AttemptRef,
  { graceMs, killWaitMs }: EndTimes,
): Promise<Cancellation> {
  const dir = folderOf(attempt);
  if ((await exitOf(dir)) !== null) return { kind: 'had-ended' };
  await mkdir(dir, { recursive: true });
  if (await revokeLaunch(dir)) {
    // The queue need not keep it.
    const waiting = (await readSigns(dir)).wasSubmitted
      ? jobNamed((await queue.look([await keyOf(attempt)])) ?? [], knownName(dir, attempt))
      : null;
    if (waiting !== null) await queue.end(waiting, 'now');
    return { kind: 'prevented' };
  }
  if ((await readSigns(dir)).jobId === null) return { kind: 'had-ended' };
  await queue.end(await keyOf(attempt), 'politely');
  if (await hasEnded(queue, dir, attempt, graceMs)) return { kind: 'ended' };
  await queue.end(await keyOf(attempt), 'now');
  return { kind: (await hasEnded(queue, dir, attempt, killWaitMs)) ? 'ended' : 'out-of-reach' };
}

async function hasEnded(
  queue: BatchQueue,
  dir: string,
  attempt: AttemptRef,
  limitMs: number,
): Promise<boolean> {
  const endMs = performance.now() + limitMs;
  let absentLooks = 0;
  for (let lookMs = performance.now() + LOOK_MS; performance.now() < endMs; await sleep(CHECK_MS)) {
    if ((await exitOf(dir)) !== null) return true;
    if (performance.now() < lookMs) continue;
    const jobs = await queue.look([await keyOf(attempt)]);
    const state = jobs && jobNamed(jobs, knownName(dir, attempt))?.state.kind;
    if (state === 'ended' || state === 'evicted') return true;
    // Killed at once, without a chance to write its exit code.
    absentLooks = jobs !== null && state === undefined ? absentLooks + 1 : 0;
    if (absentLooks > 2) return true;
    lookMs = performance.now() + LOOK_MS;
  }
  return (await exitOf(dir)) !== null;
}
