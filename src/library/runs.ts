import { AsyncLocalStorage } from 'node:async_hooks';

/** Wishes to stop a call: `drain` lets running trials finish, `abort` asks them to end. */
export type Stops = { readonly drain: AbortController; readonly abort: AbortSignal };

/** The calls that the code runs in, the outer ones too where an objective runs a study of its own. */
const around = new AsyncLocalStorage<ReadonlySet<Runs>>();

/** The running calls of `optimize` of one study. */
export class Runs {
  readonly #running = new Map<Promise<unknown>, { drain: AbortController; abort: AbortController }>();

  /** Runs a call, which `signal` aborts, and so do `stop` and `end`. */
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

  /** Starts no further trial. */
  stop(): void {
    for (const { drain } of this.#running.values()) drain.abort();
  }

  /** Asks every trial to end; resolves when all calls are over. Their errors are their callers' to see. */
  async end(): Promise<void> {
    for (const { abort } of this.#running.values()) abort.abort();
    await Promise.allSettled(this.#running.keys());
  }

  /** Whether the code that asks runs in one of the calls: it cannot wait for their end. */
  get areAround(): boolean {
    return around.getStore()?.has(this) ?? false;
  }
}
