import { isFeasible } from '../../core/metric-constraints.js';
import type { StudyStore } from '../../storage/storage.js';
import type { ResultsSource, StudyRows } from '../study-context.js';
import type { SweepOptions } from './sweep-options.js';

/** Limits that end a sweep although trials are left to run; null: no limit. */
export type Limits = Pick<SweepOptions, 'epochs' | 'target' | 'spending'>;
export type Reached = { readonly end: 'epochs' | 'spent' | 'target'; readonly detail: string };

/** Returns the limit that the stored trials have reached, those of other programs included; null when none is. */
export async function reachedLimit(
  study: StudyRows<StudyStore> & Pick<ResultsSource, 'spec' | 'view'>,
  { epochs, target, spending = null }: Limits,
): Promise<Reached | null> {
  if (target !== null) {
    const found = await bestReaching(study, target);
    if (found !== null) return { end: 'target', detail: found };
  }
  const most = stepLimitOf({ epochs, spending });
  if (most !== null) {
    const { epochs: spent } = await study.storage.count(study.id, ['epochs']);
    if (spent >= most)
      return { end: 'epochs', detail: `the trials have reported ${spent} epochs, the budget is ${most}` };
  }
  const detail = (await spending?.check()) ?? null;
  return detail === null ? null : { end: 'spent', detail };
}

/** Returns the total of steps that a sweep may report now; null: no limit. */
export function stepLimitOf({ epochs, spending = null }: Pick<Limits, 'epochs' | 'spending'>): number | null {
  return spending === null ? epochs : (spending.limit?.steps ?? null);
}

/** A configuration counts when all its repeats are complete and it is feasible. */
async function bestReaching(
  study: Pick<ResultsSource, 'spec' | 'view'>,
  target: number,
): Promise<string | null> {
  const [objective] = study.spec.objectives;
  const sign = objective?.direction === 'maximize' ? -1 : 1;
  const { configs } = await study.view();
  const good = configs.find(
    ({ state, trialCount: n, values, violations }) =>
      state === 'complete' &&
      n >= study.spec.repeats &&
      isFeasible(violations) &&
      sign * ((values?.[0] ?? Number.NaN) - target) <= 0,
  );
  if (!good) return null;
  const trials = good.trials.map(({ number }) => number).join(', ');
  return `${objective?.metric} ${good.values?.[0]} of trial ${trials} reaches the target ${target}`;
}
