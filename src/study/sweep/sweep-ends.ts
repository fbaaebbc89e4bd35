import type { SweepEnd } from '../events.js';

/** Ends for want of work: what other processes leave, or commands ask for, is still run. */
export const NOTHING_MORE: ReadonlySet<SweepEnd> = new Set(['exhausted', 'budget', 'converged']);

/** After these nobody will continue the trials that are paused. After any other end the next call does. */
export const ENDED_BY_ITSELF: ReadonlySet<SweepEnd> = new Set([...NOTHING_MORE, 'epochs', 'target']);
