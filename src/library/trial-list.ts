import { usageError } from '../core/errors.js';
import { shownValue } from '../core/shown-value.js';
import type { Attrs, TrialState } from '../core/trial.js';
import type { StudyAttributes, StudyReader, TrialRow } from '../storage/storage.js';
import type { StudyRows } from '../study/study-context.js';
import type { TrialFilter, TrialSummary } from './trial-types.js';

const PAGE = 1000;
const STATES: readonly TrialState[] = ['waiting', 'running', 'complete', 'pruned', 'fail'];

/** Returns the trials that the filter selects, in order of number. @throws HpoError trials.filter (usage). */
export async function listTrials(
  { storage, id }: StudyRows<StudyReader & StudyAttributes>,
  filter: TrialFilter,
): Promise<readonly TrialSummary[]> {
  const { states, limit, after } = checked(filter);
  const found: TrialSummary[] = [];
  for (let from = after + 1; found.length < limit; from += PAGE) {
    const rows = await storage.rows(id, from, PAGE);
    if (rows.length === 0) break;
    const attrs = await storage.readTrialAttributes(id, from, PAGE);
    const wanted = rows.filter(({ state }) => states.includes(state));
    found.push(...wanted.map((row) => toSummary(row, attrs.get(row.number) ?? {})));
  }
  return found.slice(0, limit);
}

function checked({ state, limit = Number.POSITIVE_INFINITY, after = -1, ...rest }: TrialFilter) {
  const [odd] = Object.keys(rest);
  if (odd !== undefined) throw usageError('trials.filter', `expected one of state, limit, after, got ${odd}`);
  const states = state === undefined ? STATES : ((Array.isArray(state) ? state : [state]) as TrialState[]);
  const unknown = states.find((each) => !STATES.includes(each));
  if (unknown !== undefined)
    throw usageError('trials.filter', `expected one of ${STATES.join(', ')}, got ${shownValue(unknown)}`);
  if (!(limit >= 0) || (Number.isFinite(limit) && !Number.isSafeInteger(limit)))
    throw usageError('trials.filter', `expected limit to be a whole number of at least 0, got ${limit}`);
  if (!Number.isSafeInteger(after) || after < -1)
    throw usageError('trials.filter', `expected after to be the number of a trial, got ${after}`);
  return { states, limit, after };
}

function toSummary(row: TrialRow, attrs: Attrs): TrialSummary {
  const { number, state, values, metrics, seed, reason, startedAtMs, finishedAtMs } = row;
  const params = { ...row.params, ...row.forced };
  return { number, state, params, values, metrics, attrs, seed, reason, startedAtMs, finishedAtMs };
}
