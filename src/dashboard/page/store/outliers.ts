import { isOutlier, outlierLimits } from '../../../results/outliers.js';
import type { Field } from './fields.js';
import { STATE, type TrialColumns } from './trial-columns.js';

/** Returns whether each trial is an outlier, as `hpo trials` marks them: 1, else NaN. */
export function outlierMarks(columns: TrialColumns, fields: Iterable<Field>): Float64Array {
  const objectives = [...fields].filter(({ group }) => group === 'objective');
  const directions = objectives.map(({ direction }) => direction ?? 'minimize');
  const values = objectives.map(({ key }) => columns.values(key));
  const states = columns.values('state');
  const of = (trial: number) => ({
    state: states[trial] === STATE.complete ? ('complete' as const) : ('running' as const),
    values: values.map((column) => column[trial] ?? Number.NaN),
  });
  const trials = Array.from({ length: columns.total }, (_, trial) => of(trial));
  const limits = outlierLimits(trials, directions);
  return Float64Array.from(trials, (trial) => (isOutlier(trial, limits) ? 1 : Number.NaN));
}
