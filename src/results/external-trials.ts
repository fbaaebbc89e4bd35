import type { Params } from '../core/distribution.js';
import { paramsKey } from '../core/space.js';
import type { TrialState } from '../core/trial.js';

/**
 * The key of the configuration that a trial of another program belongs to. Null for a trial that says nothing: it only
 * waits, or has neither parameters nor a result.
 */
export function externalKey({
  state,
  params,
}: {
  readonly state: TrialState;
  readonly params: Params;
}): string | null {
  const isBare = Object.keys(params).length === 0 && state !== 'complete';
  return state === 'waiting' || isBare ? null : paramsKey(params);
}
