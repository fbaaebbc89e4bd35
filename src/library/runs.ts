import { AsyncLocalStorage } from 'node:async_hooks';
import type { TrialLoop } from './loop.js';
import { waitForOpenTrials } from './open-trials.js';

/** How a call is stopped: `drain` lets running trials finish, `abort` asks them to end. */
export type Stops = {
  readonly drain: AbortController;
  readonly abort: AbortSignal;
  /** Aborted when only open trials are waited for: the call alone does not keep the process alive. */
  readonly idle: AbortSignal;
};

type Running = {
  readonly drain: AbortController;
  readonly abort: AbortController;
  readonly idle: AbortController;
  readonly loop: TrialLoop | null;
};

/** The calls around the running code; several when an objective runs a study itself. */
const around = new AsyncLocalStorage<ReadonlySet<Runs>>();

/** The running calls of `optimize` of one study. */
export class Runs {
  readonly #study: string;
  readonly #running = new Map<Promise<unknown>, Running>();

  /** `study`: its name, for warnings. */
  constructor(study: string) {
    this.#study = study;
  }

  /** Runs a call. `signal`, `stop` and `end` can stop it. `loop`: what hands out its trials; null without one. */
  run<T>(
    signal: AbortSignal | undefined,
    loop: TrialLoop | null,
    call: (stops: Stops) => Promise<T>,
  ): Promise<T> {
    const [drain, abort, idle] = [new AbortController(), new AbortController(), new AbortController()];
    const forward = () => abort.abort(signal?.reason);
    if (signal?.aborted) forward();
    signal?.addEventListener('abort', forward);
    const all = new Set([...(around.getStore() ?? []), this]);
    const running = around
      .run(all, () => call({ drain, abort: abort.signal, idle: idle.signal }))
      .finally(() => {
        signal?.removeEventListener('abort', forward);
        this.#running.delete(running);
      });
    this.#running.set(running, { drain, abort, idle, loop });
    return running;
  }

  /** Lets running trials finish and starts no further one. */
  stop(): void {
    for (const { drain } of this.#running.values()) drain.abort();
  }

  /**
   * Asks trials to end, those of an ended loop aside: their program ends them. Resolves when all calls have ended; their
   * errors go to their callers.
   */
  async end(): Promise<void> {
    const calls = [...this.#running];
    const over = calls.filter(([, { loop }]) => loop?.isDone);
    for (const [, { idle }] of over) idle.abort();
    const ended = over.map(([running, { loop }]) => ({ running, openTrials: () => loop?.openTrials ?? [] }));
    await Promise.all([
      waitForOpenTrials(this.#study, ended),
      ...calls.filter((each) => !over.includes(each)).map(([, running]) => abortCall(running)),
    ]);
    for (const [, { abort }] of over) abort.abort();
    await Promise.allSettled(this.#running.keys());
  }

  /** Whether an objective or a callback of one of these calls is asking. It must not wait for their end. */
  get areAround(): boolean {
    return around.getStore()?.has(this) ?? false;
  }
}

/** Asks the trials of a call to end. One that has an end already is stored first. */
async function abortCall({ drain, abort, loop }: Running): Promise<void> {
  drain.abort();
  await loop?.endingStored();
  abort.abort();
}
