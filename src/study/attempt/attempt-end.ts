import type { FinishedState } from '../../core/trial.js';
import type { OpenedTrial } from '../../storage/storage.js';
import type { SweepEvent } from '../events.js';
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
  /** The trial waits at a step until a scheduler continues it. */
  | { readonly kind: 'paused'; readonly step: number; readonly reason: string; readonly finishedAtMs: number }
  /** Another process finished the trial or reattached the attempt. */
  | { readonly kind: 'lost' };

/** The event of an attempt that is not tried again. */
export function endedEvent(
  end: Exclude<AttemptEnd, { readonly kind: 'queued' }>,
  { trial: { number: trial }, attempt }: Pick<OpenedTrial, 'trial' | 'attempt'>,
): SweepEvent {
  if (end.kind === 'lost') return { type: 'trial-taken-over', trial };
  const { kind: _, finishedAtMs, ...how } = end;
  const durationMs = Math.max(0, finishedAtMs - (attempt?.startedAtMs ?? finishedAtMs));
  if ('step' in how) return { type: 'trial-paused', trial, ...how, durationMs };
  return { type: 'trial-finished', trial, ...how, durationMs };
}
