import { savingsIn } from '../../../results/study-digest.js';
import type { OpenStudy } from './open-study.js';

/** What pruning saved, in words; null when nothing was pruned. */
export function savingsText({ table, study }: OpenStudy): string | null {
  const { prunedTrials, savedSteps, savedShare } = savingsIn(table, study.spec);
  if (prunedTrials === 0) return null;
  const trials = prunedTrials === 1 ? '1 pruned trial' : `${prunedTrials} pruned trials`;
  if (savedSteps === null || savedShare === null) return trials;
  return `${trials} saved about ${savedSteps} steps, ${Math.round(100 * savedShare)}% of all`;
}
