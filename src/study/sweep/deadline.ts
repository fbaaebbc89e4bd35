import { setLongTimeout } from './timers.js';

/** Calls back once a time has passed since it was made. The time may change on the way. */
export class Deadline {
  readonly #passed: () => void;
  readonly #startedAtMs = performance.now();
  #timer: { clear: () => void } | null = null;

  constructor(passed: () => void) {
    this.#passed = passed;
  }

  /** `timeoutMs`: counted from the beginning; null: never. A time that has passed already is over at once. */
  set(timeoutMs: number | null): void {
    this.clear();
    if (timeoutMs === null) return;
    const leftMs = timeoutMs - (performance.now() - this.#startedAtMs);
    this.#timer = setLongTimeout(this.#passed, Math.max(0, leftMs));
  }

  clear(): void {
    this.#timer?.clear();
    this.#timer = null;
  }
}
