import type { Begun } from '../../control/stored-control.js';
import { type ChangedLimits, isSameLimit, type LimitName, limitsText } from '../../core/study-control.js';
import type { ResolvedSweep } from './load.js';

type Run = Pick<
  ResolvedSweep['run'],
  | 'trials'
  | 'maxConcurrent'
  | 'patience'
  | 'timeoutMs'
  | 'trialTimeoutMs'
  | 'noProgressTimeoutMs'
  | 'epochs'
  | 'spending'
>;

/** Notes on commands that came before this call. */
export function beginNotes({ dropped, resumed }: Begun, run: Run): string[] {
  const text = droppedText(dropped, run);
  return [...(resumed ? ['the study was paused and is resumed'] : []), ...(text === null ? [] : [text])];
}

/**
 * Says which limits `hpo set` had changed that the sweep file and the flags of this call replace. Null: none, or this call
 * has the same.
 */
function droppedText(dropped: ChangedLimits, { trials, ...run }: Run): string | null {
  // More trials than the study has is no total: it is not the same as any.
  const now = { ...run, trials: trials === null ? null : trials.more ? Number.NaN : trials.count };
  const parts = (Object.keys(dropped) as LimitName[])
    .filter((name) => !isSameLimit(dropped[name], now[name]))
    .map((name) => {
      const here = Number.isNaN(now[name]) ? `trials=+${trials?.count}` : limitsText({ [name]: now[name] });
      return `${limitsText({ [name]: dropped[name] })} (this call: ${here})`;
    });
  return parts.length === 0
    ? null
    : `note: the sweep file and the flags replace what hpo set changed: ${parts.join(', ')}`;
}
