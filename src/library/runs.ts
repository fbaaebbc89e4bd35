import { AsyncLocalStorage } from 'node:async_hooks';

/** How a call is stopped: `drain` lets running trials finish, `abort` asks them to end. */
export type Stops = { readonly drain: AbortController; readonly abort: AbortSignal };

/** The calls around the running code; several when an objective runs a study itself. */
const around = new AsyncLocalStorage<ReadonlySet<Runs>>();

/** The running calls of `optimize` of one study. */
export class Runs {
  readonly #running = new Map<Promise<unknown>, { drain: AbortController; abort: AbortController }>();

  /** Runs a call. `signal`, `stop` and `end` can stop it. */
  run<T>(signal: AbortSignal | undefined, call: (stops: Stops) => Promise<T>): Promise<T> {
    const [drain, abort] = [new AbortController(), new AbortController()];
    const forward = () => abort.abort(signal?.reason);
    if (signal?.aborted) forward();
    signal?.addEventListener('abort', forward);
    const all = new Set([...(around.getStore() ?? []), this]);
    const running = around
      .run(all, () => call({ drain, abort: abort.signal }))
      .finally(() => {
        signal?.removeEventListener('abort', forward);
        this.#running.delete(running);
      });
    this.#running.set(running, { drain, abort });
    return running;
  }

  /** Lets running trials finish and starts no further one. */
  stop(): void {
    for (const { drain } of this.#running.values()) drain.abort();
  }

  /** Asks every trial to end. Resolves when all calls have ended; their errors go to their callers. */
  async end(): Promise<void> {
    for (const { abort } of this.#running.values()) abort.abort();
    await Promise.allSettled(this.#running.keys());
  }

  /** Whether an objective or a callback of one of these calls is asking. It must not wait for their end. */
  get areAround(): boolean {
    return around.getStore()?.has(this) ?? false;
  }
}
