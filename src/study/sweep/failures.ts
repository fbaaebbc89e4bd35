import { NO_RETRY_DELAY, type RetryDelay } from '../../core/retry-delay.js';

/** A call starts no more trials when its first trials, of this many configurations, have all failed: others would fail too. */
export const FIRST_FAILURES = 3;

/** When failures stop a sweep, and how often a failing trial is tried. */
export type FailureRules = {
  /** Further attempts of a failed trial. */
  readonly retries: number;
  /** How long a trial waits before each of them. */
  readonly retryDelay: RetryDelay;
  /** After this many failed trials in a call, nothing is launched; null: no limit. */
  readonly maxFailures: number | null;
  /** The same for configurations that have failed in a row. */
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
 * Counts the failed trials of one call and reports when a limit is reached. Each call starts at zero, so that a sweep can
 * always be resumed. When the user has set no limit, the call stops when its first trials all fail. Failures in a row and at
 * the start count configurations: that the repeats of a bad one all fail says nothing about the others.
 */
export class FailureCount {
  readonly #rules: FailureRules;
  readonly #retryFailed: boolean;
  #finished = 0;
  #failed = 0;
  readonly #inARow = new Set<number>();

  constructor(rules: FailureRules, retryFailed: boolean) {
    this.#rules = rules;
    this.#retryFailed = retryFailed;
  }

  /** Counts a finished trial of a configuration. Returns the limit that is reached; null when launching continues. */
  note(failed: boolean, configuration: number): FailureLimitReached | null {
    this.#finished++;
    this.#failed += failed ? 1 : 0;
    if (failed) this.#inARow.add(configuration);
    else this.#inARow.clear();
    const { maxFailures, maxConsecutiveFailures } = this.#rules;
    const configurations = this.#inARow.size;
    if (maxFailures !== null && this.#failed >= maxFailures)
      return { end: 'max-failures', detail: `${this.#failed} trials of this call have failed` };
    if (maxConsecutiveFailures !== null && configurations >= maxConsecutiveFailures)
      return {
        end: 'max-consecutive-failures',
        detail: `${configurations} configurations in a row have failed`,
      };
    if (maxFailures !== null || maxConsecutiveFailures !== null) return null;
    // These trials failed in an earlier call: that they fail again says nothing new.
    const firstAllFailed = this.#failed === this.#finished && configurations >= FIRST_FAILURES;
    if (!firstAllFailed || this.#retryFailed) return null;
    return { end: 'failures', detail: `the first ${this.#failed} trials all failed` };
  }
}
