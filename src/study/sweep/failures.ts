import { NO_RETRY_DELAY, type RetryDelay } from '../../core/retry-delay.js';

/** When the first trials of a call all fail, something is wrong that more trials will not mend. */
export const FIRST_FAILURES = 3;

/** What stops a burning sweep, and how often a failing trial is tried. */
export type FailureRules = {
  /** Further attempts of a trial that fails. */
  readonly retries: number;
  /** What a trial waits for before each. */
  readonly retryDelay: RetryDelay;
  /** Failed trials of this call after which nothing is launched; null: no such limit. */
  readonly maxFailures: number | null;
  /** The same in a row. */
  readonly maxConsecutiveFailures: number | null;
};

export const NO_FAILURE_RULES: FailureRules = {
  retries: 0,
  retryDelay: NO_RETRY_DELAY,
  maxFailures: null,
  maxConsecutiveFailures: null,
};

export type FailureLimitReached = {
  readonly end: 'failures' | 'max-failures' | 'max-consecutive-failures';
  readonly detail: string;
};

/**
 * Counts the trials of one call that fail, and says when it is enough. A new call counts its own, so that a sweep can
 * always be resumed. Where the user has set no limit, the first trials all failing is one.
 */
export class FailureCount {
  readonly #rules: FailureRules;
  readonly #retryFailed: boolean;
  #finished = 0;
  #failed = 0;
  #inARow = 0;

  constructor(rules: FailureRules, retryFailed: boolean) {
    this.#rules = rules;
    this.#retryFailed = retryFailed;
  }

  /** A trial has finished; not null when nothing more should be launched. */
  note(failed: boolean): FailureLimitReached | null {
    this.#finished++;
    this.#failed += failed ? 1 : 0;
    this.#inARow = failed ? this.#inARow + 1 : 0;
    const { maxFailures, maxConsecutiveFailures } = this.#rules;
    if (maxFailures !== null && this.#failed >= maxFailures)
      return { end: 'max-failures', detail: `${this.#failed} trials of this call have failed` };
    if (maxConsecutiveFailures !== null && this.#inARow >= maxConsecutiveFailures)
      return { end: 'max-consecutive-failures', detail: `${this.#inARow} trials in a row have failed` };
    if (maxFailures !== null || maxConsecutiveFailures !== null) return null;
    // Retries failed before: that they fail again says nothing new.
    const firstAllFailed = this.#failed === FIRST_FAILURES && this.#finished === FIRST_FAILURES;
    if (!firstAllFailed || this.#retryFailed) return null;
    return { end: 'failures', detail: `the first ${FIRST_FAILURES} trials all failed` };
  }
}
