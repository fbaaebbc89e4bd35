import type { Pruner } from './pruner.js';

/** Lets every trial run to its end. */
export function makeNone(): Pruner {
  return { decide: () => ({ prune: false, reason: 'pruning is off' }) };
}
