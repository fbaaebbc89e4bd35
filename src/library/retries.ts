import type { Duration } from './duration.js';

/** How often a failed trial is tried again (`times`), and how long it waits before each further attempt. */
export type Retries = {
  readonly times: number;
  /** Before the first further attempt. Default: none. */
  readonly delay?: Duration;
  /** Each wait is so many times as long as the one before. Default: 1. */
  readonly factor?: number;
  /** No wait is longer. Default: no limit. */
  readonly maxDelay?: Duration;
  /** @deprecated Renamed to `delay`. */
  readonly delayMs?: number;
  /** @deprecated Renamed to `maxDelay`. */
  readonly maxDelayMs?: number;
};
