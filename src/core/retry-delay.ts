/** How long a failed trial waits before it is tried again. */
export type RetryDelay = {
  /** The wait before the first retry; 0: no wait. */
  readonly delayMs: number;
  /** Each further wait is this many times as long, >= 1. */
  readonly factor: number;
  /** The longest wait; null: no limit. */
  readonly maxDelayMs: number | null;
};

export const NO_RETRY_DELAY: RetryDelay = { delayMs: 0, factor: 1, maxDelayMs: null };

/** Returns the wait before retry 1, 2, ... in milliseconds. */
export function retryDelayMs({ delayMs, factor, maxDelayMs }: RetryDelay, retry: number): number {
  const most = maxDelayMs ?? Number.MAX_SAFE_INTEGER;
  let waitMs = delayMs;
  for (let k = 1; k < retry && waitMs < most && factor > 1 && waitMs > 0; k++) waitMs *= factor;
  return Math.min(waitMs, most);
}
