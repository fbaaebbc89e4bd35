import { usageError } from '../../core/errors.js';
import { faultOf, isResult } from '../../core/objective-value.js';
import type { StudySpec } from '../../core/spec.js';
import type { FinishedState } from '../../core/trial.js';
import type { Ending, TrialRecord } from '../../storage/storage.js';
import { reportedViolations } from '../../study/ask/reported-violations.js';
import { type AskedRows, mustBeAsked } from './asked-trial.js';

/** The study of the trial that ends. */
type Ended = { readonly spec: Pick<StudySpec, 'objectives' | 'metricConstraints'> };

/** How a trial ended, as the one who ran it says. */
export type Told = {
  readonly values: readonly number[];
  readonly state: FinishedState;
  readonly reason: string | null;
};

/** What was stored. `fault`: why the trial failed nevertheless; null when it did not. */
export type StoredEnd = {
  readonly state: FinishedState;
  readonly values: readonly number[] | null;
  readonly fault: string | null;
};

type TellableStudy = Ended &
  AskedRows & { tell(trialId: number, attemptId: number | null, ending: Ending): Promise<boolean> };

/** Stores the end of a trial that somebody asked for. @throws HpoError tell.no-value, tell.no-metric, trial.finished (usage). */
export async function tellTrial(
  study: TellableStudy,
  number: number,
  { values: given, state: wanted, reason }: Told,
): Promise<StoredEnd> {
  const { trial } = await mustBeAsked(study, number);
  const fault = wanted === 'fail' ? null : infinitelyGood(study, given);
  const state = fault === null ? wanted : 'fail';
  const values = valuesOf(study, trial, given, state);
  const ending = {
    state,
    values,
    violations: await reportedViolations(study, number, {
      state,
      fix: (metric) => `hpo report ${number} ${metric}=VALUE first, or --state fail`,
    }),
    exitCode: null,
    reason: reason ?? fault,
    finishedAtMs: Date.now(),
  };
  if (!(await study.tell(trial.id, null, ending)))
    throw usageError(
      'trial.finished',
      `expected a running trial, but trial ${number} was finished meanwhile`,
      { fix: 'see hpo trials' },
    );
  return { state, values, fault };
}

/** Returns why a trial with these values fails; null when none of them is infinitely good. */
function infinitelyGood({ spec }: Ended, given: readonly number[]): string | null {
  const faults = spec.objectives.map((objective, k) => {
    const value = given[k];
    return value === undefined || Number.isNaN(value) ? null : faultOf(value, objective);
  });
  return faults.find((fault) => fault !== null) ?? null;
}

/** A complete trial needs a number for each objective. A pruned one keeps its values, else the value of its last step. */
function valuesOf(
  study: Ended,
  trial: TrialRecord,
  given: readonly number[],
  state: FinishedState,
): readonly number[] | null {
  if (state === 'fail') return null;
  const metrics = study.spec.objectives.map(({ metric }) => metric);
  const numbers = given.filter((value) => !Number.isNaN(value));
  if (numbers.length === metrics.length && given.length === numbers.length) return given;
  if (state === 'pruned' && numbers.length === 0) {
    // Steps are of the first objective: with several they are no whole result.
    const direction = study.spec.objectives[0]?.direction ?? 'minimize';
    const last = [...trial.steps.values()].findLast((step) => isResult(step, direction));
    return last === undefined || metrics.length > 1 ? null : [last];
  }
  const several = metrics.length > 1 ? `${metrics.length} values (${metrics.join(', ')})` : 'a value';
  throw usageError(
    'tell.no-value',
    `expected ${several} for a ${state} trial, got ${given.length === 0 ? 'none' : given.join(' ').toLowerCase()}`,
    {
      fix: `hpo tell ${trial.number} ${metrics.map((_, k) => (metrics.length > 1 ? `VALUE${k + 1}` : 'VALUE')).join(' ')}, or --state fail`,
    },
  );
}
