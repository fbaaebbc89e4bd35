import { usageError } from '../core/errors.js';
import { faultOf } from '../core/objective-value.js';
import type { Objective } from '../core/spec.js';
import type { Ending } from '../storage/storage.js';
import type { AskedTrialRun } from './asked-trial.js';
import type { TrialResult } from './types.js';

/** How a trial ends that its asker tells of. @throws HpoError trial.values (usage). */
export function toEnding(
  named: readonly Objective[],
  told: TrialResult,
  asked: AskedTrialRun | null,
  nowMs: number,
): Ending {
  const objectives = named.length;
  refuseOdd(objectives, told);
  const given = typeof told === 'number' ? [told] : Array.isArray(told) ? told : null;
  const values = given ?? (isPruned(told) ? (told.values ?? asked?.lastValues ?? null) : null);
  if (values && values.length !== objectives) {
    const expected = objectives === 1 ? 'one value' : `${objectives} values, one for each direction`;
    throw usageError('trial.values', `expected ${expected}, got ${values.length}`);
  }
  const faults = (values ?? []).map((value, k) => faultOf(value, named[k] as Objective));
  const hasNaN = values?.some(Number.isNaN) ?? false;
  const fault = hasNaN ? 'the objective is NaN' : (faults.find((each) => each !== null) ?? null);
  const state = given === null ? (isPruned(told) ? 'pruned' : 'fail') : fault === null ? 'complete' : 'fail';
  return {
    state,
    values: fault === null && state !== 'fail' ? values : null,
    exitCode: null,
    reason: reasonOf(told, asked) ?? (given === null ? null : fault),
    finishedAtMs: nowMs,
  };
}

/** Called from JavaScript too, where a value that was forgotten is undefined, and a failure nobody would see. */
function refuseOdd(objectives: number, told: unknown): void {
  const values = Array.isArray(told) ? told : typeof told === 'number' ? [] : null;
  const state = values === null ? (told as { readonly state?: unknown } | null | undefined)?.state : null;
  if (values ? values.every((each) => typeof each === 'number') : state === 'fail' || state === 'pruned')
    return;
  const wanted = objectives === 1 ? 'a number' : `a list of ${objectives} numbers`;
  throw usageError('trial.values', `expected ${wanted}, got ${JSON.stringify(told)}`, {
    fix: "of a trial without a value: { state: 'fail', reason }, or { state: 'pruned', values }",
  });
}

function isPruned(told: TrialResult): told is Extract<TrialResult, { readonly state: 'pruned' }> {
  return typeof told === 'object' && 'state' in told && told.state === 'pruned';
}

function reasonOf(told: TrialResult, asked: AskedTrialRun | null): string | null {
  if (typeof told !== 'object' || !('state' in told)) return null;
  return told.reason ?? (isPruned(told) ? (asked?.pruneReason ?? null) : null);
}
