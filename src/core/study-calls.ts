import { isMapping } from './mapping.js';
import type { JsonValue } from './trial.js';

/** One call of `hpo optimize` on a study, as it is stored with the study. */
export type StudyCall = {
  /** The process, as `liveness/identity.ts` writes it. */
  readonly owner: string;
  readonly startedAtMs: number;
  /** Null: it still runs, or it was killed. */
  readonly endedAtMs: number | null;
  /** How its sweep ended, such as `budget`; `error` for a call that failed itself; null like `endedAtMs`. */
  readonly end: string | null;
  /** It asked for so many trials more than the study had, which made a total. Null: it asked for something else. */
  readonly more: { readonly count: number; readonly total: number } | null;
};

/** The user attribute with the newest calls, the oldest first. */
export const CALLS_ATTRIBUTE = 'hpo:calls';

/** Older calls say nothing that the trials do not say. */
const MAX_CALLS = 8;

/** Reads stored calls. What it cannot read is left out, so that no stored text can stop a command. */
export function parseCalls(stored: JsonValue | undefined): readonly StudyCall[] {
  if (!Array.isArray(stored)) return [];
  return (stored as readonly JsonValue[]).flatMap((each) => {
    if (!isMapping(each)) return [];
    const { owner, startedAtMs, endedAtMs, end } = each;
    if (typeof owner !== 'string' || typeof startedAtMs !== 'number') return [];
    return [
      {
        owner,
        startedAtMs,
        endedAtMs: typeof endedAtMs === 'number' ? endedAtMs : null,
        end: typeof end === 'string' ? end : null,
        more: parseMore(each.more),
      },
    ];
  });
}

function parseMore(stored: JsonValue | undefined): StudyCall['more'] {
  if (!isMapping(stored)) return null;
  const { count, total } = stored;
  return typeof count === 'number' && typeof total === 'number' ? { count, total } : null;
}

/** Adds a call that starts. Calls that have ended are forgotten first. */
export function addCall(calls: readonly StudyCall[], call: StudyCall): readonly StudyCall[] {
  const all = [...calls, call];
  const tooMany = all.length - MAX_CALLS;
  if (tooMany <= 0) return all;
  const ended = all.filter(({ endedAtMs }) => endedAtMs !== null).slice(0, tooMany);
  return all.filter((each) => !ended.includes(each)).slice(-MAX_CALLS);
}

/** Notes how the newest call of a process ended. */
export function endCall(
  calls: readonly StudyCall[],
  { owner, startedAtMs, endedAtMs, end }: Omit<StudyCall, 'more'>,
): readonly StudyCall[] {
  return calls.map((each) =>
    each.owner === owner && each.startedAtMs === startedAtMs ? { ...each, endedAtMs, end } : each,
  );
}
