import type { StudyInfo } from '../../protocol.js';
import type { TrialColumns } from '../store/trial-columns.js';

/** Returns how long the sweep still takes in milliseconds, at the pace of its newest trials; null when nothing tells. */
export function etaOf(info: StudyInfo, columns: TrialColumns, nowMs: number): number | null {
  const target = Number(info.limits.trials ?? Number.NaN);
  const { complete, pruned, fail } = info.counts;
  const left = target - (complete + pruned + fail);
  if (!(left > 0)) return null;
  const ends = columns.values('end');
  const newest: number[] = [];
  for (let k = columns.total - 1; k >= 0 && newest.length < 50; k--)
    if (!Number.isNaN(ends[k] ?? Number.NaN)) newest.push(ends[k] as number);
  if (newest.length < 3) return null;
  const span = nowMs - columns.timeBaseMs - Math.min(...newest);
  return span > 0 ? (left * span) / newest.length : null;
}
