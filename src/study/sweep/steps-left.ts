import { longestComplete, newestStep } from '../../core/last-step.js';
import type { StudyStore, TrialStore } from '../../storage/storage.js';
import type { ResultsSource, StudyRows } from '../study-context.js';
import { stepLimitOf } from './stop-rules.js';
import type { SweepOptions } from './sweep-options.js';

/**
 * Returns how many steps a study may still train within its limits, less those that running attempts take to their targets; null
 * where there is no limit, or nobody knows yet what a step costs.
 */
export async function countStepsLeft(
  study: StudyRows<StudyStore & TrialStore> & Pick<ResultsSource, 'view'>,
  { epochs, spending = null }: Pick<SweepOptions, 'epochs' | 'spending'>,
): Promise<number | null> {
  const { storage, id } = study;
  const most = stepLimitOf({ epochs, spending });
  const known = [
    most === null ? null : most - (await storage.count(id, ['epochs'])).epochs,
    (await spending?.stepsLeft()) ?? null,
  ].filter((left) => left !== null);
  if (known.length === 0) return null;
  const view = await study.view();
  const full = view.maxSteps ?? longestComplete(view);
  let taken = 0;
  for (const { trial, attempt } of await storage.unfinished(id, 'running')) {
    if (attempt === null || attempt.finishedAtMs !== null) continue;
    const target = attempt.targetStep ?? full;
    if (target !== null) taken += Math.max(0, target - (newestStep(trial.steps) ?? 0));
  }
  return Math.max(0, Math.min(...known) - taken);
}
