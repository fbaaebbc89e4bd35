import { setTimeout as sleep } from 'node:timers/promises';
import { readExit, readLaunchOwner, readStop, revokeLaunch } from '../local/attempt-dir.js';
import { type ExitStatus, notStarted, type Waiting } from '../local/wait-for-exit.js';
import type { JobState } from './batch-queue.js';
import { hasSettled, readBeat, readJobId, readKnownId, refreshFolder, wasSubmitted } from './job-files.js';
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
    const exit = hasSettled(dir) ? readExit(dir) : null;
    if (exit !== null) return { kind: 'exited', ...exit };
    const end = await judged.end();
    if (end !== null) return end;
    if (!isLooking) {
      isLooking = true;
      void watch.next({ name, id: readKnownId(dir) }).then((look) => {
        isLooking = false;
        judged.note(look);
      });
    }
    await sleep(POLL_MS);
  }
  return new Promise<never>(() => {});
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

  /** Returns the end that follows from what was seen; null while there is none. */
  async end(): Promise<JobEnd | null> {
    const { dir, title, times } = this.#o;
    const owner = readLaunchOwner(dir);
    if (owner.kind === 'revoked') return notStarted('launch revoked');
    if (!this.#hasAnswer) return null;
    const hasBegun = readJobId(dir) !== null;
    const now = performance.now();
    if (this.#state === null) {
      const exit = readExit(dir);
      // It ended after a TERM, and the queue has had time to show that it starts it again.
      if (exit !== null) return this.#absentLooks > 2 ? { kind: 'exited', ...exit } : null;
      if (hasBegun && readStop(dir) !== null && this.#absentLooks > 2) return this.#gone('its job was ended');
      if (hasBegun)
        return now - this.#lastSign(now) > times.goneMs
          ? this.#gone(`${title} does not know its job any more`)
          : null;
      if (!wasSubmitted(dir)) return notStarted('it was never submitted');
      const isLate = this.#absentLooks > 2 && now - (this.#absentMs ?? now) > times.arrivalMs;
      return isLate && (await revokeLaunch(dir)) ? notStarted(`${title} knows no job of it`) : null;
    }
    if (this.#endedMs === null) return null;
    const { why } = this.#state as { readonly why: string };
    const exit = readExit(dir);
    if (exit !== null) return this.#state.kind === 'evicted' ? this.#gone(why) : { kind: 'exited', ...exit };
    // Its trainer never ran, so nothing of the trial can be to blame.
    if (this.#state.kind === 'evicted' && !hasBegun) return { kind: 'infrastructure', reason: why };
    if (this.#state.kind === 'evicted') return this.#gone(why);
    if (now - this.#endedMs < times.visibleMs && hasBegun) {
      refreshFolder(dir);
      return null;
    }
    if (hasBegun) return this.#gone(`its job ended without an exit code (${why})`);
    return now - this.#endedMs < times.arrivalMs
      ? null
      : notStarted(`its job ended before it began (${why})`);
  }

  /** Returns when the job last showed that it runs, or when it was last in the queue, on the clock of `now`. */
  #lastSign(now: number): number {
    const mtimeMs = readBeat(this.#o.dir);
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
