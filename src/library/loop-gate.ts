import type { RunnableAttempt, Slot } from '../executors/executor.js';
import type { Slots } from '../study/sweep/sweep-options.js';
import { wrapSlots } from './wrap-slots.js';

/**
 * Slots of a loop: one is given out only when the loop asks for a trial, so that every trial is chosen with all results that
 * are known then. Until the loop asks, the sweep waits for slots.
 */
export class LoopGate {
  readonly #asked: () => number;
  /** Slots without a trial yet. */
  readonly #acquired = new Set<Slot>();
  /** Trials that have a slot, and whose function has not been called yet. */
  readonly #assigned = new Map<Slot, number>();
  #waiting: (() => void)[] = [];
  #isOver = false;

  /** `asked`: how many trials the loop waits for. */
  constructor(asked: () => number) {
    this.#asked = asked;
  }

  /** Whether a trial is on its way to the loop. */
  get isBusy(): boolean {
    return this.#acquired.size + this.#assigned.size > 0;
  }

  /** The loop asks for another trial, or for none any more (`over`). */
  open(over = false): void {
    this.#isOver ||= over;
    if (!this.#isOver && !this.#isWanted) return;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  /** The function of a trial was called. */
  delivered(trial: number): void {
    for (const [slot, assigned] of this.#assigned) if (assigned === trial) this.#assigned.delete(slot);
  }

  get #isWanted(): boolean {
    return this.#asked() > this.#acquired.size + this.#assigned.size;
  }

  /** Returns the slots behind the gate. */
  around(slots: Slots): Slots {
    return wrapSlots(slots, {
      look: async () => {
        while (!this.#isOver && !this.#isWanted)
          await new Promise<void>((resolve) => {
            this.#waiting.push(resolve);
          });
        await slots.look();
      },
      acquire: (token) => {
        const slot = this.#isWanted ? slots.acquire(token) : null;
        if (slot) this.#acquired.add(slot);
        return slot;
      },
      assign: (slot: Slot, attempt: RunnableAttempt) => {
        this.#acquired.delete(slot);
        this.#assigned.set(slot, attempt.trial);
        slots.assign(slot, attempt);
      },
      release: (slot) => {
        this.#acquired.delete(slot);
        // An attempt of an earlier process ends without a call of the function.
        this.#assigned.delete(slot);
        slots.release(slot);
        this.open();
      },
    });
  }
}
