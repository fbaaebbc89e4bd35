import { type RetryDelay, retryDelayMs } from '../../core/retry-delay.js';
import { durationWords } from '../../core/units.js';
import type { AttemptStore, UnfinishedTrial } from '../../storage/storage.js';
import { setLongTimeout } from '../sweep/timers.js';
import { countEarlierAttempts, type RetryCause } from './retry-policy.js';

/**
 * Trials that wait before their next attempt. They hold no slot. The database has them as queued, so another process that
 * opens the study may run them at once.
 */
export class RetryWaits {
  readonly #delay: RetryDelay;
  readonly #over: (item: UnfinishedTrial) => void;
  /** By trial id. */
  readonly #timers = new Map<number, { clear: () => void }>();

  /** `over` receives a trial whose wait has ended. */
  constructor(delay: RetryDelay, over: (item: UnfinishedTrial) => void) {
    this.#delay = delay;
    this.#over = over;
  }

  /** Whether a trial waits. */
  get any(): boolean {
    return this.#timers.size > 0;
  }

  /** Whether this trial waits. */
  has(trialId: number): boolean {
    return this.#timers.has(trialId);
  }

  /** Queues a trial again, after a wait when it failed. Returns text about the wait; empty without one. */
  async queue(
    { storage }: { readonly storage: AttemptStore },
    opened: Pick<UnfinishedTrial, 'trial' | 'attempt'>,
    unsettled: RetryCause,
  ): Promise<string> {
    const item = { ...opened, asker: null, enqueued: null };
    const failed = unsettled === 'failed' || unsettled === 'limit';
    if (!failed || this.#delay.delayMs === 0) {
      this.#over(item);
      return '';
    }
    const { failed: count } = countEarlierAttempts(await storage.attempts({ trialId: item.trial.id }));
    const waitMs = Math.round(retryDelayMs(this.#delay, count));
    const timer = setLongTimeout(() => {
      this.#timers.delete(item.trial.id);
      this.#over(item);
    }, waitMs);
    this.#timers.set(item.trial.id, timer);
    return `, in ${durationWords(waitMs)}`;
  }

  /** Ends all waits: this call starts none of these trials. */
  close(): void {
    for (const timer of this.#timers.values()) timer.clear();
    this.#timers.clear();
  }
}
