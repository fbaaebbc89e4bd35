import type { StudyInfo } from '../../protocol.js';
import type { TrialColumns } from '../store/trial-columns.js';

/** How many of the newest trials tell the pace, and how many are needed. */
const NEWEST = 50;
const FEWEST = 3;

/**
 * Returns how long the sweep still takes in milliseconds, at the pace of its newest trials; null when nothing tells. Where trials are
 * paused most of them end as they are, so that the pace is that at which they begin.
 */
export function etaOf(info: StudyInfo, columns: TrialColumns, nowMs: number): number | null {
  const target = Number(info.limits.trials ?? Number.NaN);
  const { complete, pruned, fail, running, queued, paused } = info.counts;
  const ended = complete + pruned + fail;
  const left = target - (paused > 0 ? ended + running + queued + paused : ended);
  if (!(left > 0)) return null;
  const times = columns.values(paused > 0 ? 'start' : 'end');
  const newest: number[] = [];
  for (let k = columns.total - 1; k >= 0 && newest.length < NEWEST; k--)
    if (!Number.isNaN(times[k] ?? Number.NaN)) newest.push(times[k] as number);
  if (newest.length < FEWEST) return null;
  const span = nowMs - columns.timeBaseMs - Math.min(...newest);
  return span > 0 ? (left * span) / newest.length : null;
}
