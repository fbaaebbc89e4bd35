import { planGrid } from '../../core/grid-plan.js';
import type { StudySpec } from '../../core/spec.js';
import type { TrialBudget } from '../../core/trial-budget.js';
import type { StudyStore, TrialCounts } from '../../storage/storage.js';
import type { SearchContext } from '../ask/ask-context.js';
import type { StudyRows } from '../study-context.js';

/** The total of trials of an endless sampler when no limit is set. */
export const DEFAULT_TRIALS = 100;

export type { TrialBudget };

export type Budget = {
  /** With this many trials no new configuration is asked for; null: until the sampler has no more. */
  readonly budget: number | null;
  /** Trials that the study will have in the end; null when that is not known. */
  readonly total: number | null;
};

type Repeats = Pick<StudySpec, 'repeats'>;
/** What the number of trials follows from. */
export type PlanContext = Pick<SearchContext, 'space' | 'samplerEntry'> & { readonly spec: Repeats };

export function countTrials({
  storage,
  id,
  spec,
}: StudyRows<StudyStore> & { readonly spec: Repeats }): Promise<TrialCounts> {
  return storage.count(id, ['trials', 'committed'], spec.repeats);
}

/** Returns how many trials there will be. Without any limit an endless sampler stops at DEFAULT_TRIALS. */
export function planBudget(
  study: PlanContext,
  counts: TrialCounts,
  {
    trials,
    timeoutMs,
    epochs,
  }: { trials: TrialBudget | null; timeoutMs: number | null; epochs: number | null },
): Budget {
  const asked = trials === null ? null : trials.count + (trials.more ? counts.trials : 0);
  const { repeats } = study.spec;
  if (!study.samplerEntry.endless) {
    const all = planGrid(study.space).points.length * repeats;
    const isWhole = asked === null || asked >= all;
    return { budget: asked, total: isWhole ? all : Math.max(counts.committed, roundUp(asked, repeats)) };
  }
  const budget = asked ?? (timeoutMs !== null || epochs !== null ? null : DEFAULT_TRIALS);
  return { budget, total: budget === null ? null : Math.max(counts.committed, roundUp(budget, repeats)) };
}

/** Rounds up to whole configurations: their repeats are always completed. */
function roundUp(trials: number, repeats: number): number {
  return Math.ceil(trials / repeats) * repeats;
}
