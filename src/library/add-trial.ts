import type { Params } from '../core/distribution.js';
import { usageError } from '../core/errors.js';
import { faultOf } from '../core/objective-value.js';
import type { Objective, StudySpec } from '../core/spec.js';
import { NO_REMARKS } from '../storage/annotation.js';
import { type ImportContext, importTrials } from '../study/import-trials.js';
import { checkAttrs } from './attrs.js';
import { toValues } from './result-values.js';
import type { AddedTrial } from './trial-types.js';

type AddContext = ImportContext & { readonly spec: Pick<StudySpec, 'objectives' | 'defineByRun'> };

/** Adds a complete trial that ran elsewhere; returns its number. @throws HpoError (usage) trial.not-added, trial.values. */
export async function addTrial(study: AddContext, given: AddedTrial<object, unknown>): Promise<number> {
  const { params, values, attrs = {}, ...rest } = given;
  const [odd] = Object.keys(rest);
  if (odd !== undefined) throw refused(`expected params, values and attrs, got ${odd}`);
  if (study.spec.defineByRun)
    throw refused('the objective of this study names its parameters as it runs: no range is known', {
      fix: 'give the study a space',
    });
  const metrics = study.spec.objectives.map(({ metric }) => metric);
  const list = toValues(metrics, values);
  for (const [k, each] of list.entries()) {
    const objective = study.spec.objectives[k] as Objective;
    const fault = Number.isNaN(each) ? `${objective.metric} is NaN` : faultOf(each, objective);
    if (fault !== null) throw refused(fault);
  }
  const checked = checkAttrs(attrs);
  const nowMs = Date.now();
  const [answer] = await importTrials(study, [
    {
      params: { ...(params as Params) },
      state: 'complete',
      reason: null,
      values: list,
      metrics: Object.fromEntries(metrics.map((metric, k) => [metric, list[k] as number])),
      startedAtMs: nowMs,
      finishedAtMs: nowMs,
      remarks: { ...NO_REMARKS, attrs: checked },
    },
  ]);
  if (typeof answer !== 'number') throw refused(answer ?? 'the trial does not fit the study');
  return answer;
}

function refused(why: string, more: { readonly fix?: string } = {}) {
  return usageError('trial.not-added', why, more);
}
