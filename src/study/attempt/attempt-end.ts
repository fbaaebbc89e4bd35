import type { FinishedState } from '../../core/trial.js';
import type { RetryCause } from './retry-policy.js';

/** What the end of an attempt means for its trial. */
export type AttemptEnd =
  | {
      readonly kind: 'finished';
      readonly state: FinishedState;
      readonly values: readonly number[] | null;
      readonly feasible: boolean;
      readonly violations: readonly number[];
      readonly reason: string | null;
      readonly finishedAtMs: number;
      readonly tail: readonly string[];
    }
  /** The trial runs again. `why`: what happened, without the number of retries in `reason`. */
  | { readonly kind: 'queued'; readonly unsettled: RetryCause; readonly reason: string; readonly why: string }
  /** Another process finished the trial or reattached the attempt. */
  | { readonly kind: 'lost' };
