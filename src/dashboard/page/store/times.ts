import type { TrialColumns } from './trial-columns.js';

/** Returns when a trial left its slot, in milliseconds after the base: its end or its pause; NaN where it has not. */
export function endOf(columns: TrialColumns, trial: number): number {
  const end = columns.values('end')[trial] ?? Number.NaN;
  return Number.isNaN(end) ? (columns.values('pausedSince')[trial] ?? Number.NaN) : end;
}

/** Returns how many milliseconds each trial ran, with what it ran before it was paused; NaN while it runs. */
export function durations(columns: TrialColumns): Float64Array {
  const [start, ran] = [columns.values('start'), columns.values('ran')];
  return Float64Array.from({ length: columns.total }, (_, trial) => {
    const ownMs = endOf(columns, trial) - (start[trial] ?? Number.NaN);
    const known = ran[trial] ?? Number.NaN;
    return Number.isNaN(ownMs) || Number.isNaN(known) ? ownMs : known;
  });
}
