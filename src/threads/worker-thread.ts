import { existsSync, readFileSync } from 'node:fs';
import type { ResourceLimits, Worker } from 'node:worker_threads';
import { messageOf } from '../core/errors.js';
import { packageRoot } from '../core/package-file.js';
import { PATIENCE, type Threads } from './apart.js';
import type { Computed, Seen, Task, TaskKind, Thread, ThreadParts } from './thread.js';
import { type Difference, type PlacedConfigs, packed, type ViewChange, ViewDifference } from './view-copy.js';

/** A part of what a task needs, or a task with the rest of it. */
export type ToWorker =
  | { readonly part: PlacedConfigs }
  | { readonly id: number; readonly change: ViewChange; readonly task: Task };
export type FromWorker = {
  readonly id: number;
  readonly computed: Computed<TaskKind> | null;
  readonly tookMs: number;
};

/** Configurations in one message: cloning them takes less than a millisecond. */
const PART = 100;

/**
 * Starts a worker thread. Null where this process may not (`node --experimental-permission`), or the file of the worker is not
 * there, as in a program that a bundler has made.
 */
export async function startWorkerThread(
  parts: ThreadParts,
  resourceLimits: ResourceLimits = {},
): Promise<Thread | null> {
  const threads = await import('node:worker_threads');
  try {
    const file = findWorker();
    if (file === null) return null;
    // What Node was started with may load other code, which belongs to the program.
    const own = { execArgv: [], env: {} };
    return new WorkerThread(new threads.Worker(file, { ...own, workerData: parts, resourceLimits }));
  } catch {
    return null;
  }
}

/**
 * Returns the file of the worker; null where it is not there. A bundle may lie in a project that has a file of this name.
 * @throws Error where the project that the file lies in has no readable package.json.
 */
function findWorker(): URL | null {
  const root = packageRoot();
  if (root === null) return null;
  const file = new URL('dist/threads/worker.js', root);
  if (!existsSync(file)) return null;
  const { name } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as {
    readonly name?: unknown;
  };
  return name === 'hpo' ? file : null;
}

/** Worker threads, started when they pay. */
export const WORKER_THREADS: Threads = { start: startWorkerThread, patience: PATIENCE };

type Answer = Pick<FromWorker, 'computed' | 'tookMs'>;
/** `isAwaited`: the program waits for the answer. */
type Pending = { readonly resolve: (answer: Answer) => void; readonly isAwaited: boolean };

const NO_ANSWER: Answer = { computed: null, tookMs: 0 };

class WorkerThread implements Thread {
  readonly #worker: Worker;
  readonly #difference = new ViewDifference();
  readonly #pending = new Map<number, Pending>();
  #awaited = 0;
  #sending: Promise<void> = Promise.resolve();
  #ids = 0;
  #isEnded = false;

  constructor(worker: Worker) {
    this.#worker = worker;
    worker.on('message', ({ id, ...answer }: FromWorker) => this.#settle(id, answer));
    worker.on('error', (error) => this.#crash(error));
    worker.on('messageerror', (error) => this.#crash(error));
    worker.on('exit', (code) => this.#crash(new Error(`it ended with exit code ${code}`)));
    // A program that does not close its study ends with its last objective. Listening to messages holds it, so this comes after.
    worker.unref();
  }

  async compute<K extends TaskKind>(
    seen: Seen,
    task: Task & { readonly kind: K },
  ): Promise<Computed<K> | null> {
    return (await this.#ask(seen, task, true)).computed as Computed<K> | null;
  }

  async rehearse(seen: Seen, task: Task): Promise<number | null> {
    const { computed, tookMs } = await this.#ask(seen, task, false);
    return computed && tookMs;
  }

  #ask(seen: Seen, task: Task, isAwaited: boolean): Promise<Answer> {
    if (this.#isEnded) return Promise.resolve(NO_ANSWER);
    return new Promise((resolve) => {
      const id = this.#ids++;
      // What a program waits for keeps it alive.
      if (isAwaited && this.#awaited++ === 0) this.#worker.ref();
      this.#pending.set(id, { resolve, isAwaited });
      const difference = this.#difference.to(seen);
      this.#sending = this.#sending
        .then(() => this.#send(difference, { id, task }))
        .catch((error: unknown) => this.#crash(error));
    });
  }

  async close(): Promise<void> {
    this.#isEnded = true;
    await this.#worker.terminate();
  }

  /** Sends a great difference in parts, between which the event loop does other things. */
  async #send({ configs, ...difference }: Difference, asked: { id: number; task: Task }): Promise<void> {
    let from = 0;
    for (; configs.length - from > PART; from += PART) {
      this.#post({ part: packed(configs.slice(from, from + PART)) });
      await new Promise((resolve) => setImmediate(resolve));
    }
    this.#post({ ...asked, change: { ...difference, configs: packed(configs.slice(from)) } });
  }

  #post(message: ToWorker): void {
    if (!this.#isEnded) this.#worker.postMessage(message);
  }

  #settle(id: number, answer: Answer): void {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    pending?.resolve(answer);
    if (pending?.isAwaited && --this.#awaited === 0) this.#worker.unref();
  }

  #crash(error: unknown): void {
    if (!this.#isEnded)
      process.emitWarning(
        `the thread of a study ended: ${messageOf(error)}; its proposals stay the same, and computing them blocks the event loop`,
        'HpoWarning',
      );
    this.#isEnded = true;
    void this.#worker.terminate();
    for (const id of this.#pending.keys()) this.#settle(id, NO_ANSWER);
  }
}
