import { performance } from 'node:perf_hooks';
import type { Journal, RunHead } from './journal.js';

/** A run that is being delivered: its journal, and a signal when that has grown. */
export class DeliveredRun<H extends RunHead, E> {
  readonly journal: Journal<H, E>;
  /** Returns the current summary; null: only the journal has it. */
  summary: () => string | null = () => null;
  #grown: () => void = () => {};
  #isClosing = false;
  #isNews = true;

  constructor(journal: Journal<H, E>) {
    this.journal = journal;
  }

  /** The sweep ends: deliver what the journal holds, then stop. */
  get isClosing(): boolean {
    return this.#isClosing;
  }

  close(): void {
    this.#isClosing = true;
    this.wake();
  }

  /** Signals that the journal has grown. */
  wake(): void {
    this.#isNews = true;
    this.#grown();
  }

  /** Resolves to true as soon as the journal has grown since the last call, and to false when it has not after `withinMs`. */
  async news(withinMs: number): Promise<boolean> {
    if (!this.#isNews && !this.#isClosing) await this.#wait(withinMs);
    const isNews = this.#isNews || this.#isClosing;
    this.#isNews = false;
    return isNews;
  }

  /** Resolves after `forMs`, or as soon as nothing more will come. Does not reset `news`. */
  async gather(forMs: number): Promise<void> {
    const untilMs = performance.now() + forMs;
    while (!this.#isClosing && !this.journal.ended) {
      const leftMs = untilMs - performance.now();
      if (leftMs <= 0) return;
      await this.#wait(leftMs);
    }
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      timer.unref();
      this.#grown = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
