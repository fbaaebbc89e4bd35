import type { Emit } from '../events.js';

const FIRST_MS = 1000;
const LONGEST_MS = 30_000;
/** How often a pause checks whether it is still wanted: Ctrl-C ends it. */
const CHECK_MS = 100;
const LAUNCHES_IN_A_ROW = 32;

type Launching = {
  /** Whether something is still to be launched. */
  readonly wanted: () => boolean;
  /** How many attempts run. */
  readonly running: () => number;
};

/**
 * Pauses launching after the machine refused a launch: for a second at first, then twice as long after each further refusal,
 * up to half a minute. During the pause no more attempts run than ran at the refusal, and one launch is tried from time to
 * time. One warning reports the pause, another one its end.
 */
export class LaunchPause {
  readonly #emit: Emit;
  readonly #firstMs: number;
  #launches = 0;
  /** Null while nothing is wrong. `most`: attempts that could run at once. `untilMs`: no further try before this time. */
  #trouble: { most: number; pauseMs: number; untilMs: number; trying: boolean } | null = null;

  constructor(emit: Emit, firstMs: number = FIRST_MS) {
    this.#emit = emit;
    this.#firstMs = firstMs;
  }

  /** A launch failed, and not because of its trial. `others`: how many other attempts run. */
  failed(reason: string, others: number): void {
    const before = this.#trouble;
    const pauseMs = before
      ? before.trying
        ? Math.min(LONGEST_MS, 2 * before.pauseMs)
        : before.pauseMs
      : this.#firstMs;
    const most = Math.min(before?.most ?? others, others);
    this.#trouble = { most, pauseMs, untilMs: performance.now() + pauseMs, trying: false };
    if (before) return;
    const message = `${reason}: this does not count against any trial; launching pauses, is tried again from time to time, and resumes by itself`;
    this.#emit({ type: 'warning', trial: null, message });
  }

  /** Resolves when one more attempt may be launched, or when none is wanted any more. */
  async ready({ wanted, running }: Launching): Promise<void> {
    this.#launches++;
    // Ends of attempts and signals are handled between launches, however many slots there are to fill.
    if (this.#launches % LAUNCHES_IN_A_ROW === 0) await new Promise(setImmediate);
    while (this.#trouble && wanted() && running() >= this.#trouble.most) {
      const leftMs = this.#trouble.untilMs - performance.now();
      if (leftMs > 0) await new Promise((resolve) => setTimeout(resolve, Math.min(CHECK_MS, leftMs)));
      else if (this.#trouble.trying) this.#resume();
      else return this.#tryOne(this.#trouble);
    }
  }

  #tryOne(trouble: { pauseMs: number; untilMs: number; trying: boolean }): void {
    trouble.trying = true;
    trouble.untilMs = performance.now() + trouble.pauseMs;
  }

  #resume(): void {
    this.#trouble = null;
    this.#emit({ type: 'warning', trial: null, message: 'trials can be started again: launching resumes' });
  }
}
