import { askNvidiaSmi, NVIDIA_SMI_LIMIT_MS } from '../../ask-nvidia-smi.js';

/** After a call that hung, the next one waits for this many time limits: processes that cannot be killed must not pile up. */
const PAUSE_LIMITS = 6;

/**
 * Runs nvidia-smi for a sweep, one call at a time. No failure of it is an error: a call that fails, takes too long, or comes
 * soon after one that did returns null.
 */
export class NvidiaSmi {
  readonly #limitMs: number;
  readonly #end = new AbortController();
  #last: Promise<unknown> = Promise.resolve();
  #silentUntilMs = Number.NEGATIVE_INFINITY;

  constructor(limitMs: number = NVIDIA_SMI_LIMIT_MS) {
    this.#limitMs = limitMs;
  }

  /** Returns the lines of a query such as `--query-gpu=uuid,memory.free`, split into fields; null when there are none. */
  query(query: string): Promise<readonly (readonly string[])[] | null> {
    const next = this.#last.then(() => this.#ask(query));
    this.#last = next;
    return next;
  }

  /** Makes no further calls. A running call is killed, and does not keep this process alive if it does not end. */
  close(): void {
    this.#end.abort();
  }

  async #ask(query: string): Promise<readonly (readonly string[])[] | null> {
    if (this.#end.signal.aborted || performance.now() < this.#silentUntilMs) return null;
    const { rows, trouble } = await askNvidiaSmi(query, {
      limitMs: this.#limitMs,
      signal: this.#end.signal,
    });
    if (trouble?.kind === 'late') this.#silentUntilMs = performance.now() + PAUSE_LIMITS * this.#limitMs;
    return rows;
  }
}
