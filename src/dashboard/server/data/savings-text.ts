import type { Savings } from '../../../results/savings.js';
import { savingsIn } from '../../../results/study-digest.js';
import type { OpenStudy } from './open-study.js';

/** What a scheduler or pruner has saved so far, in words; null when every trial was trained in full. */
export function savingsText({ table, study }: OpenStudy): string | null {
  return savingsWords(savingsIn(table, study.spec));
}

/** Returns `25 of 40 epochs spent, 38% saved; 3 pruned trials`. */
export function savingsWords({
  steps: { spent, full },
  prunedTrials,
}: Pick<Savings, 'steps' | 'prunedTrials'>): string | null {
  if (prunedTrials === 0 && (full === null || full === spent)) return null;
  const trials = prunedTrials === 1 ? '1 pruned trial' : `${prunedTrials} pruned trials`;
  if (full === null || full === 0) return trials;
  const share = `${spent} of ${full} epochs spent, ${Math.round(100 * (1 - spent / full))}% saved`;
  return prunedTrials === 0 ? share : `${share}; ${trials}`;
}
