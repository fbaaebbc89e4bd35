import { type RetryDelay, retryDelayMs } from '../../core/retry-delay.js';
import { durationWords } from '../../core/units.js';
import type { UnfinishedTrial } from '../../storage/storage.js';
import type { StudyRows } from '../study-context.js';
import { setLongTimeout } from '../sweep/timers.js';
import { countEarlierAttempts, type RetryCause } from './retry-policy.js';

/**
 * Trials that wait before they are tried again. They hold no slot, and are queued in the database: whoever opens the
 * study meanwhile may run them at once.
 */
export class RetryWaits {
  readonly #delay: RetryDelay;
  readonly #over: (item: UnfinishedTrial) => void;
  readonly #timers = new Set<{ clear: () => void }>();

  /** `over`: a trial has waited. */
  constructor(delay: RetryDelay, over: (item: UnfinishedTrial) => void) {
    this.#delay = delay;
    this.#over = over;
  }

  /** Whether a trial waits: there is more to do, later. */
  get any(): boolean {
    return this.#timers.size > 0;
  }

  /** Queues a trial again, after its wait where it failed. Returns the wait in words; empty when there is none. */
  async queue(
    { storage }: Pick<StudyRows, 'storage'>,
    item: UnfinishedTrial,
    unsettled: RetryCause,
  ): Promise<string> {
    const failed = unsettled === 'failed' || unsettled === 'limit';
    if (!failed || this.#delay.delayMs === 0) {
      this.#over(item);
      return '';
    }
    const { failed: count } = countEarlierAttempts(await storage.attempts({ trialId: item.trial.id }));
    const waitMs = Math.round(retryDelayMs(this.#delay, count));
    const timer = setLongTimeout(() => {
      this.#timers.delete(timer);
      this.#over(item);
    }, waitMs);
    this.#timers.add(timer);
    return `, in ${durationWords(waitMs)}`;
  }

  /** Nothing is tried again in this call. */
  close(): void {
    for (const timer of this.#timers) timer.clear();
    this.#timers.clear();
  }
}
