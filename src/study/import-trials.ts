import type { Params } from '../core/distribution.js';
import { completePoint, inactiveNames, validate } from '../core/partial-params.js';
import { paramsKey } from '../core/space.js';
import type { StudySpec } from '../core/spec.js';
import type { FinishedState } from '../core/trial.js';
import type { ImportedTrialRecord, Remarks, TrialStore } from '../storage/storage.js';
import type { AskContext } from './ask/ask-context.js';
import { toFilled } from './ask/propose.js';
import type { StudyRows } from './study-context.js';

/** A trial that ran elsewhere. */
export type ImportedTrial = {
  readonly params: Params;
  readonly state: FinishedState;
  /** Null: none is known. */
  readonly reason: string | null;
  /** One for each objective, none NaN; null for a trial without a result. */
  readonly values: readonly number[] | null;
  /** Metric name -> last value; objectives are among them. */
  readonly metrics: Readonly<Record<string, number>>;
  readonly startedAtMs: number;
  readonly finishedAtMs: number;
  readonly remarks: Remarks;
};

/** The study that trials are imported into. */
export type ImportContext = StudyRows<TrialStore> &
  Pick<AskContext, 'space' | 'history' | 'seedOf'> & { readonly spec: Pick<StudySpec, 'objectives'> };

/** Trials in one transaction. A running sweep waits for no more than these. */
const BATCH = 200;
const KNOWN = 'the study has this configuration already';

/**
 * Imports trials that ran elsewhere, as Optuna's `add_trial` does. Returns for each its number, or why it
 * does not fit the study. Imported trials take no index, so that proposals by index stay the same.
 */
export async function importTrials(
  study: ImportContext,
  trials: readonly ImportedTrial[],
): Promise<readonly (number | string)[]> {
  const answers: (number | string)[] = [];
  for (let start = 0; start < trials.length; start += BATCH)
    answers.push(...(await addBatch(study, trials.slice(start, start + BATCH))));
  return answers;
}

async function addBatch(
  study: ImportContext,
  trials: readonly ImportedTrial[],
): Promise<(number | string)[]> {
  const known = await study.history();
  const answers = trials.map((past) => {
    const found = finished(study, past);
    return typeof found !== 'string' && known.isTried(found.filled.key) ? KNOWN : found;
  });
  const added = await study.storage.importFinished(
    study.id,
    answers.filter((answer) => typeof answer !== 'string'),
  );
  let next = 0;
  return answers.map((answer) => (typeof answer === 'string' ? answer : (added[next++] ?? KNOWN)));
}

/** Returns the trial as the storage imports it, or why it does not fit the study. */
function finished(study: ImportContext, past: ImportedTrial): ImportedTrialRecord | string {
  const { space, spec } = study;
  const problem = validate(space, past.params);
  if (problem !== null) return `expected ${problem}`;
  const resolved = completePoint(space, past.params);
  if (!resolved) return 'some of its parameters are missing';
  const inactive = inactiveNames(past.params, resolved);
  if (inactive.length > 0) return `conditions leave out ${inactive.join(', ')}`;
  if (resolved.forbidden) return 'a constraint forbids it';
  const objectives = spec.objectives.map(({ metric }) => metric);
  return {
    filled: toFilled(space, { resolved, key: paramsKey(resolved.given), attrs: {} }),
    remarks: past.remarks,
    opening: { repeat: 0, seed: study.seedOf(0), startedAtMs: past.startedAtMs },
    points: Object.entries(past.metrics).map(([name, value]) => ({
      name,
      step: null,
      value,
      objective: objectives.length === 1 && name === objectives[0],
    })),
    ending: {
      state: past.state,
      values: past.values,
      exitCode: null,
      reason: past.reason ?? 'imported',
      finishedAtMs: past.finishedAtMs,
    },
  };
}
