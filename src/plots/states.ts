import type { ResultsModel } from '../results/results-model.js';
import { plural } from './number-text.js';

const BREAKS_LIMIT = 2;

/** Numbers of the trials that break a metric constraint of the study. */
export function infeasibleTrials({ table }: ResultsModel): Set<number> {
  const found = new Set<number>();
  for (const [trial, code] of table.feasibility.values().entries())
    if (code === BREAKS_LIMIT) found.add(trial);
  return found;
}

/** Returns a note on trials that a person has hidden; nothing where there are none. */
export function hiddenNotes({ table }: ResultsModel): string[] {
  const count = table.hidden.values().reduce((sum, each) => sum + each, 0);
  return count > 0 ? [`${plural(count, 'hidden trial')} left out`] : [];
}

/** Returns a note on trials without a result, which a plot of results leaves out; nothing where there are none. */
export function missingNotes(results: ResultsModel): string[] {
  const { pruned, fail, running, queued, paused, waiting } = results.counts();
  const unfinished = running + queued + paused + waiting;
  const parts = [
    ...(pruned > 0 ? [`${plural(pruned, 'pruned trial')}`] : []),
    ...(fail > 0 ? [`${plural(fail, 'failed trial')}`] : []),
    ...(unfinished > 0 ? [`${plural(unfinished, 'unfinished trial')}`] : []),
  ];
  return [...(parts.length > 0 ? [`${parts.join(', ')} not shown`] : []), ...hiddenNotes(results)];
}
