import { paramsKey } from '../core/space.js';
import type { TrialFacts } from './changes.js';

/**
 * The key of the configuration that a trial of another program belongs to. Null for a trial that says nothing: it only
 * waits, or has neither parameters nor a result.
 */
export function externalKey({ state, params }: Pick<TrialFacts, 'state' | 'params'>): string | null {
  const isBare = Object.keys(params).length === 0 && state !== 'complete';
  return state === 'waiting' || isBare ? null : paramsKey(params);
}
