import { performance } from 'node:perf_hooks';
import type { Journal } from './journal.js';

/** A run that is being delivered: its journal, and word of when that has grown. */
export class DeliveredRun {
  readonly journal: Journal;
  /** The summary as it stands; null: only the journal knows. */
  summary: () => string | null = () => null;
  #grown: () => void = () => {};
  #isClosing = false;
  #isNews = true;

  constructor(journal: Journal) {
    this.journal = journal;
  }

  /** Nothing more will come for now: what is there is delivered, and that is all. */
  get isClosing(): boolean {
    return this.#isClosing;
  }

  close(): void {
    this.#isClosing = true;
    this.wake();
  }

  /** The journal has grown. */
  wake(): void {
    this.#isNews = true;
    this.#grown();
  }

  /** True when there is news since the last call: at once, or within so long. */
  async news(withinMs: number): Promise<boolean> {
    if (!this.#isNews && !this.#isClosing) await this.#wait(withinMs);
    const isNews = this.#isNews || this.#isClosing;
    this.#isNews = false;
    return isNews;
  }

  /** Resolves after so long, or as soon as nothing more is to be waited for. News that come meanwhile stay news. */
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
