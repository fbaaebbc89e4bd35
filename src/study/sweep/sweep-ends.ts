import type { SweepEnd, SweepEvent } from '../events.js';
import type { PausedTrials } from './paused-trials.js';
import { stepLimitOf } from './stop-rules.js';
import type { SweepOptions } from './sweep-options.js';

/** Ends for want of work: what other processes leave, or commands ask for, is still run. */
export const NOTHING_MORE: ReadonlySet<SweepEnd> = new Set(['exhausted', 'budget', 'converged', 'patience']);

/** After these nobody will continue the trials that are paused. After any other end the next call does. */
const ENDED_BY_ITSELF: ReadonlySet<SweepEnd> = new Set([...NOTHING_MORE, 'epochs', 'spent', 'target']);

/**
 * Whether the trials that are paused end with this sweep. Where another orchestrator ran a trial when this one last looked, that
 * trial may be paused since, and be what lets another one continue: then the other orchestrator decides.
 */
export function endsPaused(end: SweepEnd, { othersRun }: Pick<PausedTrials, 'othersRun'>): boolean {
  return ENDED_BY_ITSELF.has(end) && !(NOTHING_MORE.has(end) && othersRun);
}

/** Returns how a sweep ends that has nothing more to start: of a budget with steps it is said that they are spent. */
export function endOf(why: SweepEnd, limits: Pick<SweepOptions, 'epochs' | 'spending'>): SweepEnd {
  return why === 'spent' && stepLimitOf(limits) !== null ? 'epochs' : why;
}

/** Returns the last event of a sweep. What cannot be counted any more keeps no sweep from its end. */
export async function finishedEvent(
  { countSavings }: Pick<SweepOptions, 'countSavings'>,
  end: SweepEnd,
  detail: string,
): Promise<SweepEvent> {
  const savings = (await countSavings?.().catch(() => null)) ?? null;
  return { type: 'sweep-finished', end, detail, savings };
}
