import { CALLS_ATTRIBUTE, parseCalls, type StudyCall } from '../../core/study-calls.js';
import type { TrialBudget } from '../../core/trial-budget.js';
import type { DatabaseFile, StudyAttributes } from '../../storage/storage.js';

/** Ends of calls after which the same command resumes. */
const CUT_SHORT: ReadonlySet<string | null> = new Set(['interrupted', 'timeout', 'error', null]);

type CalledStudy = {
  readonly id: number;
  readonly storage: Pick<StudyAttributes, 'readAttributes'> & Pick<DatabaseFile, 'liveness'>;
};

/**
 * Returns the number of trials that a call leads to. `--trials +20` after a call with the same words that did not come to its
 * end means the total of that call, so that the same command resumes it and does not add 20 again. `notes` say so.
 */
export async function resumedTrials(
  study: CalledStudy,
  asked: TrialBudget | null,
): Promise<{ readonly trials: TrialBudget | null; readonly notes: readonly string[] }> {
  if (asked === null || !asked.more) return { trials: asked, notes: [] };
  const { storage, id } = study;
  const stored = await storage.readAttributes(id);
  const last = parseCalls(stored[CALLS_ATTRIBUTE]).at(-1);
  const goal = last === undefined || !wasCutShort(last, storage) ? null : last.more;
  if (goal === null || goal.count !== asked.count) return { trials: asked, notes: [] };
  const note = `--trials +${asked.count} resumes the call that was interrupted, up to its ${goal.total} trials`;
  return { trials: { count: goal.total, more: false }, notes: [note] };
}

function wasCutShort({ owner, end, endedAtMs }: StudyCall, { liveness }: CalledStudy['storage']): boolean {
  if (endedAtMs === null && liveness.judge(owner) !== 'ended') return false;
  return CUT_SHORT.has(end);
}

/** Returns what a later call needs to resume this one: null where it asked for a total. */
export function moreOf(asked: TrialBudget | null, total: number | null): StudyCall['more'] {
  return asked?.more && total !== null ? { count: asked.count, total } : null;
}
