import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../core/errors.js';
import { revokeLaunch } from '../local/attempt-dir.js';
import { type ExitStatus, notStarted, type Waiting } from '../local/wait-for-exit.js';
import type { JobState } from './batch-queue.js';
import { changedAt, type JobSigns, readKnownId, readSigns, refreshFolder } from './job-signs.js';
import { jobNamed, type Look, type QueueWatch } from './queue-watch.js';

/** How often the files of a running job are read. */
const POLL_MS = 200;

export type JobTimes = {
  /** How long the exit code of a job that has ended is looked for: NFS shows a file of another host late. */
  readonly visibleMs: number;
  /** A job that a queue does not show, and that does not show itself, is gone after this time. */
  readonly goneMs: number;
  /** A submission that no look has shown within this time has not reached the queue. */
  readonly arrivalMs: number;
};

export const JOB_TIMES: JobTimes = { visibleMs: 15_000, goneMs: 90_000, arrivalMs: 30_000 };

/** How a job ended. `lost`: it has no result, and why; the trial is tried again and resumes from its checkpoint. */
export type JobEnd = ExitStatus & { readonly lost?: string };

type Waited = {
  readonly dir: string;
  readonly name: string;
  readonly title: string;
  readonly watch: QueueWatch;
  readonly times: JobTimes;
};

/**
 * Waits for the end of an attempt's job. Its files say how it ended. The queue is asked only where they do not: a job that
 * was evicted or lost leaves no exit code. That a queue does not show a job says nothing by itself. It counts as gone once it
 * has shown no beat for a while either, and as never submitted once its launch is revoked. Never resolves after `givenUp`.
 */
export async function jobEnd({ dir, name, title, watch, times }: Waited, waiting: Waiting): Promise<JobEnd> {
  const judged = new Judge({ dir, name, title, times, warn: waiting.warn });
  let isLooking = false;
  while (!waiting.givenUp.aborted) {
    const signs = await readSigns(dir).catch((error: unknown) => judged.noteUnreadable(error));
    if (signs?.hasSettled && signs.exit !== null) return { kind: 'exited', ...signs.exit };
    const end = signs && (await judged.end(signs));
    if (end !== null) return end;
    if (!isLooking) {
      isLooking = true;
      void nextLook({ dir, name, watch }).then((look) => {
        isLooking = false;
        judged.note(look);
        if (judged.expectsFiles(signs)) void refreshFolder(dir);
      });
    }
    await sleep(POLL_MS);
  }
  return new Promise<never>(() => {});
}

/** Resolves with the next look at the queue. One that fails has no answer, as one of a queue that is silent. */
async function nextLook({ dir, name, watch }: Pick<Waited, 'dir' | 'name' | 'watch'>): Promise<Look> {
  try {
    return await watch.next({ name, id: await readKnownId(dir) });
  } catch {
    return { jobs: null, at: performance.now() };
  }
}

type Judged = Omit<Waited, 'watch'> & { readonly warn: (message: string) => void };

/** Draws conclusions from what the queue shows of one job. */
class Judge {
  readonly #o: Judged;
  /** The last look that had an answer, and what it showed of the job. */
  #state: JobState | null = null;
  #hasAnswer = false;
  /** Since when looks show no job, or that it has ended, on a clock that never jumps. */
  #absentMs: number | null = null;
  #endedMs: number | null = null;
  #absentLooks = 0;
  #silentMs: number | null = null;
  #hasWarned = false;
  #unreadableMs: number | null = null;
  #hasWarnedOfFolder = false;
  #shownWhy = '';
  #beat: { readonly mtimeMs: number | null; readonly seenMs: number } = {
    mtimeMs: null,
    seenMs: performance.now(),
  };

  constructor(judged: Judged) {
    this.#o = judged;
  }

  note({ jobs, at }: Look): void {
    if (jobs === null) {
      this.#silentMs ??= at;
      if (at - this.#silentMs > this.#o.times.goneMs && !this.#hasWarned) {
        this.#hasWarned = true;
        this.#o.warn(
          `${this.#o.title} does not answer; hpo asks again until it does, and starts no second job`,
        );
      }
      return;
    }
    this.#silentMs = null;
    this.#hasAnswer = true;
    const state = jobNamed(jobs, this.#o.name)?.state ?? null;
    this.#state = state;
    this.#absentMs = state === null ? (this.#absentMs ?? at) : null;
    this.#absentLooks = state === null ? this.#absentLooks + 1 : 0;
    this.#endedMs = state?.kind === 'ended' || state?.kind === 'evicted' ? (this.#endedMs ?? at) : null;
    if (state?.kind === 'waiting') this.#show(state.why);
  }

  /** A folder that cannot be read for a moment, such as one of a file server that was away (ESTALE), says nothing of its job. */
  noteUnreadable(error: unknown): null {
    const now = performance.now();
    this.#unreadableMs ??= now;
    if (now - this.#unreadableMs > this.#o.times.visibleMs && !this.#hasWarnedOfFolder) {
      this.#hasWarnedOfFolder = true;
      this.#o.warn(
        `the folder of its job cannot be read (${messageOf(error)}); hpo tries again until it can`,
      );
    }
    return null;
  }

  /** Whether the queue knows of something that the folder does not show yet: NFS shows files of another host late. */
  expectsFiles(signs: JobSigns | null): boolean {
    if (signs === null || this.#state === null || this.#state.kind === 'waiting') return false;
    return this.#state.kind === 'running' ? signs.jobId === null : signs.exit === null;
  }

  /** Returns the end that follows from what was seen; null while there is none. */
  async end({ owner, jobId, exit, stop, wasSubmitted }: JobSigns): Promise<JobEnd | null> {
    const { dir, title, times } = this.#o;
    this.#unreadableMs = null;
    if (owner.kind === 'revoked') return notStarted('launch revoked');
    if (!this.#hasAnswer) return null;
    const hasBegun = jobId !== null;
    const now = performance.now();
    if (this.#state === null) {
      // It ended after a TERM, and the queue has had time to show that it starts it again.
      if (exit !== null) return this.#absentLooks > 2 ? { kind: 'exited', ...exit } : null;
      if (hasBegun && stop !== null && this.#absentLooks > 2) return this.#gone('its job was ended');
      if (hasBegun)
        return now - (await this.#lastSign(now)) > times.goneMs
          ? this.#gone(`${title} does not know its job any more`)
          : null;
      if (!wasSubmitted) return (await isPrevented(dir)) ? notStarted('it was never submitted') : null;
      const isLate = this.#absentLooks > 2 && now - (this.#absentMs ?? now) > times.arrivalMs;
      return isLate && (await revokeLaunch(dir)) ? notStarted(`${title} knows no job of it`) : null;
    }
    if (this.#endedMs === null) return null;
    const { why } = this.#state as { readonly why: string };
    if (exit !== null) return this.#state.kind === 'evicted' ? this.#gone(why) : { kind: 'exited', ...exit };
    // Its trainer never ran, so nothing of the trial can be to blame.
    if (this.#state.kind === 'evicted' && !hasBegun) return { kind: 'infrastructure', reason: why };
    if (this.#state.kind === 'evicted') return this.#gone(why);
    if (now - this.#endedMs < times.visibleMs && hasBegun) return null;
    if (hasBegun) return this.#gone(`its job ended without an exit code (${why})`);
    return now - this.#endedMs < times.arrivalMs
      ? null
      : notStarted(`its job ended before it began (${why})`);
  }

  /** Returns when the job last showed that it runs, or when it was last in the queue, on the clock of `now`. */
  async #lastSign(now: number): Promise<number> {
    const mtimeMs = await changedAt(join(this.#o.dir, 'beat'));
    // Only a change counts: the clocks of two machines may differ by any amount.
    if (mtimeMs !== this.#beat.mtimeMs) this.#beat = { mtimeMs, seenMs: now };
    return Math.max(this.#beat.seenMs, this.#absentMs ?? now);
  }

  #gone(lost: string): JobEnd {
    return { kind: 'unknown', finishedAtMs: Date.now(), lost };
  }

  /** Says why a job waits where that is not only its turn. */
  #show(why: string): void {
    if (why === '' || why === this.#shownWhy) return;
    this.#shownWhy = why;
    this.#o.warn(`its job waits in ${this.#o.title}: ${why}`);
  }
}

/** Makes sure that an attempt never begins whose submission is not to be seen here: its folder may be shown late. */
async function isPrevented(dir: string): Promise<boolean> {
  await mkdir(dir, { recursive: true });
  return revokeLaunch(dir);
}
