import type { Terminator } from './terminator.js';

/** Never stops a sweep. */
export function makeNone(): Terminator {
  return { decide: () => ({ stop: false, reason: 'no terminator', gain: null }) };
}
