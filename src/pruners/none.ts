import type { Pruner } from './pruner.js';

/** Never stops a trial. */
export function makeNone(): Pruner {
  return { decide: () => ({ prune: false, reason: 'pruning is off' }) };
}
