import type { AttemptLimits } from './local/limits.js';

/** Limits that may change while attempts run. */
export class ChangeableLimits implements AttemptLimits {
  trialTimeoutMs: number | null;
  noProgressTimeoutMs: number | null;
  readonly maxLogBytes: number | null;

  constructor({ trialTimeoutMs, noProgressTimeoutMs, maxLogBytes }: AttemptLimits) {
    this.trialTimeoutMs = trialTimeoutMs;
    this.noProgressTimeoutMs = noProgressTimeoutMs;
    this.maxLogBytes = maxLogBytes;
  }

  /** What is absent stays. */
  change(limits: {
    readonly trialTimeoutMs?: number | null;
    readonly noProgressTimeoutMs?: number | null;
  }): void {
    if (limits.trialTimeoutMs !== undefined) this.trialTimeoutMs = limits.trialTimeoutMs;
    if (limits.noProgressTimeoutMs !== undefined) this.noProgressTimeoutMs = limits.noProgressTimeoutMs;
  }
}
