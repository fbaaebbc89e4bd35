import { usageError } from '../core/errors.js';
import type { Ending } from '../storage/storage.js';
import type { Asked } from './asked.js';
import type { Told } from './types.js';

/** How a trial ends that its asker tells of. @throws HpoError trial.values (usage). */
export function toEnding(objectives: number, told: Told, asked: Asked | null, nowMs: number): Ending {
  refuseOdd(objectives, told);
  const given = typeof told === 'number' ? [told] : Array.isArray(told) ? told : null;
  const values = given ?? (isPruned(told) ? (told.values ?? asked?.lastValues ?? null) : null);
  if (values && values.length !== objectives) {
    const expected = objectives === 1 ? 'one value' : `${objectives} values, one for each direction`;
    throw usageError('trial.values', `expected ${expected}, got ${values.length}`);
  }
  const isNumber = values === null || !values.some(Number.isNaN);
  const state = given === null ? (isPruned(told) ? 'pruned' : 'fail') : isNumber ? 'complete' : 'fail';
  return {
    state,
    values: isNumber && state !== 'fail' ? values : null,
    exitCode: null,
    reason: reasonOf(told, isNumber, asked),
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

function isPruned(told: Told): told is Extract<Told, { readonly state: 'pruned' }> {
  return typeof told === 'object' && 'state' in told && told.state === 'pruned';
}

function reasonOf(told: Told, isNumber: boolean, asked: Asked | null): string | null {
  if (typeof told === 'object' && 'state' in told)
    return told.reason ?? (isPruned(told) ? (asked?.pruneReason ?? null) : null);
  return isNumber ? null : 'the objective is NaN';
}
