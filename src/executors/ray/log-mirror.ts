import { closeSync, openSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../core/errors.js';
import { codeOf } from '../../core/system-error.js';
import { jobName } from '../batch/job-files.js';
import type { RunnableAttempt } from '../executor.js';
import { readExit, readLaunchOwner } from '../local/attempt-dir.js';
import { makeFolder } from './far-folder.js';
import { FarOutput } from './far-output.js';
import { exitCodeOf, hasEnded, type JobDetails } from './job-details.js';
import type { RayQueue } from './ray-queue.js';

/** How often the agent of a node looks for more output, in seconds. */
const FOLLOW_S = 0.2;
const POLL_MS = 400;
/** After this time without a beginning a job waits for its turn, and the looks of the whole sweep are enough. */
const EAGER_MS = 5000;
/** How long the output of a job that has ended still comes. */
const FLUSH_MS = 1500;
/** A node that is gone has no log any more. */
const READ_TRIES = 5;
/** After so many failures in a row hpo says that the folder cannot be written. A file server may be away for a moment. */
const SILENT_TRIES = 3;

type Mirrored = {
  readonly queue: RayQueue;
  readonly attempt: Pick<RunnableAttempt, 'trial' | 'token'>;
  readonly dir: string;
  readonly warn: (message: string) => void;
};

/** `lost`: the log could not be read. `unwritten`: it could, and its copy could not be written. */
type Copied = 'all' | 'lost' | 'unwritten';

/**
 * Copies what a job on another machine writes into the folder of its attempt, where it is followed as that of any other job: `pid` and
 * `host` when it begins, `log` as it grows, `exit` at the end. Every byte has its place, so two programs may copy the same job.
 * A folder that cannot be read or written is tried again: the log stays where it is.
 */
export class LogMirror {
  readonly #o: Mirrored;
  readonly #name: string;
  readonly #over = new AbortController();
  readonly #running: Promise<void>;
  #unreadTimes = 0;
  #unwrittenTimes = 0;
  #hasWarned = false;

  constructor(mirrored: Mirrored) {
    this.#o = mirrored;
    this.#name = jobName(mirrored.attempt);
    this.#running = this.#run();
  }

  /** Stops copying. */
  async close(): Promise<void> {
    this.#over.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const startMs = performance.now();
    while (!this.#over.signal.aborted) {
      const isEager = performance.now() - startMs < EAGER_MS;
      const job = isEager ? await this.#ask() : this.#o.queue.known(this.#name);
      try {
        if (job !== null && (await this.#isDone(job))) return;
        if (readLaunchOwner(this.#o.dir).kind === 'revoked') return;
      } catch (error) {
        this.#noteUnwritten(error);
      }
      await sleep(POLL_MS, undefined, { ref: false });
    }
  }

  /** Copies what there is; returns whether that is all. */
  async #isDone(job: JobDetails): Promise<boolean> {
    const isLast = hasEnded(job);
    if (job.node === null) return isLast;
    if (readLaunchOwner(this.#o.dir).kind === 'revoked') return true;
    const copied = await this.#copy(job.node, isLast);
    if (readExit(this.#o.dir) !== null) return true;
    if (copied === 'unwritten') return false;
    this.#unwrittenTimes = 0;
    this.#unreadTimes = copied === 'all' ? 0 : this.#unreadTimes + 1;
    if (!isLast || (copied === 'lost' && this.#unreadTimes < READ_TRIES)) return false;
    this.#settle(job, copied === 'all');
    return true;
  }

  /** The folder could not be read or written. */
  #noteUnwritten(error: unknown): void {
    this.#unwrittenTimes++;
    if (this.#unwrittenTimes < SILENT_TRIES || this.#hasWarned) return;
    this.#hasWarned = true;
    this.#o.warn(
      `its output comes from Ray and cannot be written here (${messageOf(error)}); hpo tries again until it can`,
    );
  }

  async #ask(): Promise<JobDetails | null> {
    const found = await this.#o.queue.refresh(this.#name);
    return found === 'no answer' ? null : found;
  }

  /** Copies the log as far as it goes, or follows it until the job has ended. */
  async #copy(node: string, isLast: boolean): Promise<Copied> {
    const { queue, attempt, dir } = this.#o;
    const reading = new AbortController();
    const stop = () => reading.abort();
    let isUnwritten = false;
    const write = (act: () => void) => {
      isUnwritten = true;
      act();
      isUnwritten = false;
    };
    const output = new FarOutput(attempt.token, {
      begins: (host) =>
        write(() => {
          if (!this.#claim(host)) stop();
        }),
      body: (bytes, at) => write(() => writeAt(join(dir, 'log'), bytes, at)),
      ends: (exitCode) => write(() => writeExit(dir, exitCode)),
    });
    this.#over.signal.addEventListener('abort', stop);
    const timer = isLast ? undefined : setInterval(() => this.#stopAfterEnd(stop), POLL_MS);
    try {
      const query = new URLSearchParams({
        node_id: node,
        filename: `job-driver-${this.#name}.log`,
        lines: '-1',
        ...(!isLast && { interval: String(FOLLOW_S) }),
      });
      for await (const bytes of queue.api.stream(
        `/api/v0/logs/${isLast ? 'file' : 'stream'}?${query}`,
        reading.signal,
      )) {
        output.push(bytes);
        if (output.hasEnded) return 'all';
      }
      output.finish();
      return 'all';
    } catch (error) {
      // The connection, the disk or the node: read again, from the start.
      if (!isUnwritten) return 'lost';
      this.#noteUnwritten(error);
      return 'unwritten';
    } finally {
      clearInterval(timer);
      this.#over.signal.removeEventListener('abort', stop);
    }
  }

  /** Its log stays open when a job that was killed has ended. */
  #stopAfterEnd(stop: () => void): void {
    const job = this.#o.queue.known(this.#name);
    if (job !== null && hasEnded(job)) setTimeout(stop, FLUSH_MS).unref();
  }

  /** Makes the job the owner of the attempt; false where its launch was revoked before. */
  #claim(host: string): boolean {
    const { dir } = this.#o;
    makeFolder(dir);
    writeFileSync(join(dir, 'host'), `${host}\n`);
    try {
      writeFileSync(join(dir, 'pid'), `${this.#name}\n`, { flag: 'wx' });
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
    }
    return readLaunchOwner(dir).kind !== 'revoked';
  }

  /** Without the whole log nobody knows its result, so there is no exit code either. */
  #settle(job: JobDetails, isRead: boolean): void {
    const exitCode = exitCodeOf(job);
    const hasBegun = statSync(join(this.#o.dir, 'pid'), { throwIfNoEntry: false }) !== undefined;
    if (isRead && hasBegun && exitCode !== null) writeExit(this.#o.dir, exitCode);
  }
}

function writeExit(dir: string, exitCode: number): void {
  writeFileSync(join(dir, 'exit'), `${exitCode}\n`);
}

function writeAt(file: string, bytes: Buffer, at: number): void {
  const descriptor = openSync(file, 'r+');
  try {
    for (let done = 0; done < bytes.length; )
      done += writeSync(descriptor, bytes, done, bytes.length - done, at + done);
  } finally {
    closeSync(descriptor);
  }
}
