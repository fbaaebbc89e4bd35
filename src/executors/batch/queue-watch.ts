import { setTimeout as sleep } from 'node:timers/promises';
import type { BatchQueue, Job, JobKey, QueueLook } from './batch-queue.js';

/** Schedulers ask users not to ask more often. The end of a trial is seen by its files, long before. */
const LOOK_EVERY_MS = 2000;

/** One look at the queue: `at` on a clock that never jumps, of when it began. */
export type Look = { readonly jobs: QueueLook; readonly at: number };

/** Looks at a queue for all attempts of a sweep at once. */
export class QueueWatch {
  readonly #queue: Pick<BatchQueue, 'look'>;
  readonly #everyMs: number;
  #lastMs = Number.NEGATIVE_INFINITY;
  #next: Promise<Look> | null = null;
  #wanted: JobKey[] = [];

  constructor(queue: Pick<BatchQueue, 'look'>, everyMs = LOOK_EVERY_MS) {
    this.#queue = queue;
    this.#everyMs = everyMs;
  }

  /** Resolves with a look that began after this call and asks for this job. All who wait share it. */
  next(job: JobKey): Promise<Look> {
    this.#wanted.push(job);
    this.#next ??= this.#look();
    return this.#next;
  }

  async #look(): Promise<Look> {
    await sleep(Math.max(0, this.#lastMs + this.#everyMs - performance.now()), undefined, { ref: false });
    this.#next = null;
    this.#lastMs = performance.now();
    const wanted = this.#wanted;
    this.#wanted = [];
    return { jobs: await this.#queue.look(wanted), at: this.#lastMs };
  }
}

/** Returns the job of an attempt; where there are several of its name, one that may still run before others. */
export function jobNamed(jobs: readonly Job[], name: string): Job | null {
  const own = jobs.filter((job) => job.name === name);
  return own.find(({ state }) => state.kind === 'running' || state.kind === 'waiting') ?? own.at(-1) ?? null;
}
