import type { RunnableAttempt, Slot } from '../executors/executor.js';
import type { SweepEvent } from '../study/events.js';
import type { Slots } from '../study/sweep/sweep-options.js';
import { wrapSlots } from './wrap-slots.js';

type Running = { readonly trial: number; readonly target: number | null; done: number };

type Spending = {
  /** The study's total of steps. */
  readonly budget: number;
  /** Returns the steps that trials have reported. */
  readonly spent: () => Promise<number>;
  /** Returns the steps of a full trial; null where nobody knows. */
  readonly fullSteps: () => Promise<number | null>;
};

/**
 * Gives out slots only while the trials that run leave a part of a budget of steps. So however many run at once, the budget is
 * overrun by at most the steps of one trial.
 */
export class StepBudget {
  readonly #o: Spending;
  readonly #running = new Map<Slot, Running>();
  #isCommitted = false;
  /** Whether trials end at their targets, as far as anybody has seen. */
  #arePaused = false;

  constructor(spending: Spending) {
    this.#o = spending;
  }

  /** Called with each event of the sweep. */
  note(event: SweepEvent): void {
    if (event.type === 'trial-paused') this.#arePaused = true;
    if (event.type !== 'trial-reported') return;
    for (const running of this.#running.values())
      if (running.trial === event.trial)
        for (const { step } of event.points) running.done = Math.max(running.done, step ?? 0);
  }

  /** Returns the slots as far as the budget allows. */
  around(slots: Slots): Slots {
    return wrapSlots(slots, {
      look: async () => {
        await slots.look();
        this.#isCommitted = await this.#isSpent();
      },
      acquire: (token) => (this.#isCommitted && this.#running.size > 0 ? null : slots.acquire(token)),
      assign: (slot: Slot, attempt: RunnableAttempt) => {
        this.#running.set(slot, { trial: attempt.trial, target: attempt.targetStep, done: 0 });
        slots.assign(slot, attempt);
      },
      release: (slot) => {
        this.#running.delete(slot);
        slots.release(slot);
      },
    });
  }

  /** Whether what is reported and what the running trials still report reach the budget. */
  async #isSpent(): Promise<boolean> {
    if (this.#running.size === 0) return false;
    // Before the count: what is reported in between counts twice, and never not at all.
    const known = [...this.#running.values()].map(({ target, done }) => ({ target, done }));
    const full = await this.#o.fullSteps();
    // One that never saves is not paused, and runs to its end.
    const end = (target: number | null) => (this.#arePaused ? (target ?? full) : full);
    const left = known.map(({ target, done }) => Math.max(0, (end(target) ?? target ?? 0) - done));
    return left.reduce((sum, each) => sum + each, await this.#o.spent()) >= this.#o.budget;
  }
}
