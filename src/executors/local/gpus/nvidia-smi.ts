import { runWithTimeout } from '../../run-with-timeout.js';

/** On a busy machine, or one that must wake its GPUs first, seconds are usual. */
const LIMIT_MS = 10_000;
/** After a call that hung there is none for so many limits: one that cannot even be killed must not become many. */
const PAUSE_LIMITS = 6;
const FORMAT = '--format=csv,noheader,nounits';

/**
 * Runs nvidia-smi for a sweep, one call at a time. None of its troubles is an error: a call that fails, takes too long, or
 * comes soon after one that did answers null.
 */
export class NvidiaSmi {
  readonly #limitMs: number;
  readonly #end = new AbortController();
  #last: Promise<unknown> = Promise.resolve();
  #silentUntilMs = Number.NEGATIVE_INFINITY;

  constructor(limitMs: number = LIMIT_MS) {
    this.#limitMs = limitMs;
  }

  /** The lines of a query such as `--query-gpu=uuid,memory.free`, split into fields; null when there are none. */
  query(query: string): Promise<string[][] | null> {
    const next = this.#last.then(() => this.#run([query, FORMAT]));
    this.#last = next;
    return next.then((text) => (text === null ? null : fieldsOf(text)));
  }

  /** No further calls. One that runs is killed, and does not keep this process alive should it not die. */
  close(): void {
    this.#end.abort();
  }

  async #run(args: readonly string[]): Promise<string | null> {
    if (this.#end.signal.aborted || performance.now() < this.#silentUntilMs) return null;
    const ran = await runWithTimeout('nvidia-smi', args, {
      limitMs: this.#limitMs,
      signal: this.#end.signal,
    });
    if (ran.kind === 'late') this.#silentUntilMs = performance.now() + PAUSE_LIMITS * this.#limitMs;
    return ran.kind === 'ended' && ran.exitCode === 0 ? ran.stdout : null;
  }
}

function fieldsOf(text: string): string[][] {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.map((line) => line.split(',').map((field) => field.trim()));
}

/** `[N/A]`, `[Not Supported]` and the like are null. */
export function numberOrNull(text: string | undefined): number | null {
  return text !== undefined && /^\d+(\.\d+)?$/.test(text) ? Number(text) : null;
}
