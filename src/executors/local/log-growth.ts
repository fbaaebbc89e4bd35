const MIN_LOOK_MS = 5;
const MAX_LOOK_MS = 250;
/** Used before it is known how fast the log grows. */
const FIRST_LOOK_MS = 25;

/**
 * Decides how soon a log must be checked again so that it does not grow far beyond its limit: at full speed a trainer writes
 * hundreds of megabytes between two usual looks.
 */
export class LogGrowth {
  readonly #limitBytes: number;
  #last: { readonly size: number; readonly atMs: number } | null = null;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  /** Returns the wait in ms after a look at `atMs` (a clock that never jumps): half of the time in which it may get there. */
  nextLookMs(size: number, atMs: number): number {
    const last = this.#last;
    this.#last = { size, atMs };
    if (last === null) return FIRST_LOOK_MS;
    const perMs = Math.max(0, size - last.size) / Math.max(1, atMs - last.atMs);
    const left = Math.max(0, this.#limitBytes - size);
    return Math.min(MAX_LOOK_MS, Math.max(MIN_LOOK_MS, left / perMs / 2));
  }
}
