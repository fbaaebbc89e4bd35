import type { FunctionTrial } from '../executors/function/trial.js';
import type { Objective } from './trial-types.js';

/** By what the executor says. */
const ENDS: Readonly<Record<string, readonly [name: string, text: string]>> = {
  limit: ['TimeoutError', 'took longer than trialTimeout'],
  interrupted: ['AbortError', 'was interrupted'],
  pruned: ['AbortError', 'was pruned'],
  paused: ['AbortError', 'is paused: it comes again when the scheduler continues it'],
};

/** Returns the reason of a trial's signal: an error, so that what the signal ends (`fetch`) rejects as it does for other signals. */
export function stopError(trial: number, reason: unknown): DOMException {
  const [name, text] = ENDS[String(reason)] ?? ['AbortError', `was asked to end (${String(reason)})`];
  return new DOMException(`trial ${trial} ${text}`, name);
}

/** Returns the reason of a trial's signal: the program's own, where it aborted the call with one, else as `stopError`. */
export function stopReason(trial: number, reason: unknown, abortReason: () => unknown): unknown {
  const own = reason === 'interrupted' ? abortReason() : undefined;
  return own ?? stopError(trial, reason);
}

/**
 * Returns an objective whose trials' signals have such reasons. `abortReason`: what the program aborted the call with; undefined
 * while it has not.
 */
export function withStopReasons(objective: Objective, abortReason: () => unknown): Objective {
  return (trial) => {
    let shown: AbortSignal | null = null;
    const get = () => {
      shown ??= mapReason(trial.signal, (reason) => stopReason(trial.number, reason, abortReason));
      return shown;
    };
    // Descriptors keep its getters.
    const own = { ...Object.getOwnPropertyDescriptors(trial), signal: { get, enumerable: true } };
    return objective(Object.defineProperties({}, own) as FunctionTrial);
  };
}

/** Returns a signal that aborts with this one, and with another reason. */
function mapReason(signal: AbortSignal, toReason: (reason: unknown) => unknown): AbortSignal {
  const mapped = new AbortController();
  const forward = () => mapped.abort(toReason(signal.reason));
  if (signal.aborted) forward();
  else signal.addEventListener('abort', forward, { once: true });
  return mapped.signal;
}
