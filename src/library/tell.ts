import { usageError } from '../core/errors.js';
import { isMapping } from '../core/mapping.js';
import { faultOf } from '../core/objective-value.js';
import { shownValue } from '../core/shown-value.js';
import type { Objective } from '../core/spec.js';
import type { Ending } from '../storage/storage.js';
import type { AskedTrialRun } from './asked-trial.js';
import { toValues } from './result-values.js';
import type { TrialResult } from './trial-types.js';

/** Returns the ending of a trial whose asker records its result. @throws HpoError trial.values (usage). */
export function toEnding(
  named: readonly Objective[],
  result: TrialResult,
  asked: AskedTrialRun | null,
  nowMs: number,
): Ending {
  const objectives = named.length;
  if (result instanceof Promise)
    throw usageError('trial.values', 'expected the value, got a Promise of it', { fix: 'await it first' });
  const byName = isMapping(result) && !('state' in result && typeof result.state === 'string');
  if (!byName) assertResult(objectives, result);
  const metrics = named.map(({ metric }) => metric);
  const given = byName
    ? toValues(metrics, result)
    : typeof result === 'number'
      ? [result]
      : Array.isArray(result)
        ? (result as readonly number[])
        : null;
  const values = given ?? (isPruned(result) ? (result.values ?? asked?.lastValues ?? null) : null);
  if (values && values.length !== objectives) {
    const expected = objectives === 1 ? 'one value' : `${objectives} values, one for each direction`;
    throw usageError('trial.values', `expected ${expected}, got ${values.length}`);
  }
  const faults = (values ?? []).map((value, k) => faultOf(value, named[k] as Objective));
  const hasNaN = values?.some(Number.isNaN) ?? false;
  const fault = hasNaN ? 'the objective is NaN' : (faults.find((each) => each !== null) ?? null);
  const state =
    given === null ? (isPruned(result) ? 'pruned' : 'fail') : fault === null ? 'complete' : 'fail';
  return {
    state,
    values: fault === null && state !== 'fail' ? values : null,
    exitCode: null,
    reason: reasonOf(result, asked) ?? (given === null ? null : fault),
    finishedAtMs: nowMs,
  };
}

/** Whether a result says that the trial continues later. An objective may have the same name. */
export function isPauseOf(named: readonly Objective[], result: unknown): boolean {
  return isMapping(result) && 'pausedAt' in result && named.every(({ metric }) => metric !== 'pausedAt');
}

/** JavaScript callers may forget the value: undefined would be a failure that nobody sees. */
function assertResult(objectives: number, result: unknown): void {
  const values = Array.isArray(result) ? result : typeof result === 'number' ? [] : null;
  const state = values === null ? (result as { readonly state?: unknown } | null | undefined)?.state : null;
  if (values ? values.every((each) => typeof each === 'number') : state === 'fail' || state === 'pruned')
    return;
  const wanted = objectives === 1 ? 'a number' : `a list of ${objectives} numbers`;
  throw usageError('trial.values', `expected ${wanted}, got ${shownValue(result)}`, {
    fix: "for a trial without a value: { state: 'fail', reason }, or { state: 'pruned', values }",
  });
}

type Stated = {
  readonly state: 'fail' | 'pruned';
  readonly values?: readonly number[];
  readonly reason?: string;
};

/** Whether a result says that the trial is pruned. */
export function isPruned(result: TrialResult): result is Stated & TrialResult {
  return isStated(result) && result.state === 'pruned';
}

function isStated(result: TrialResult): result is Stated & TrialResult {
  return typeof result === 'object' && 'state' in result && typeof result.state === 'string';
}

function reasonOf(result: TrialResult, asked: AskedTrialRun | null): string | null {
  if (!isStated(result)) return null;
  return result.reason ?? (isPruned(result) ? (asked?.pruneReason ?? null) : null);
}
