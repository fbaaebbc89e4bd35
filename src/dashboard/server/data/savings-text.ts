import { type SavingsTrial, savingsOf } from '../../../results/savings.js';
import { TrialTable } from '../../../results/trial-table.js';
import type { OpenStudy } from './open-study.js';

/** What pruning saved, in words; null when nothing was pruned. */
export function savingsText({ table }: OpenStudy): string | null {
  const { prunedTrials, savedSteps, savedShare } = savingsOf(trialsIn(table));
  if (prunedTrials === 0) return null;
  const trials = prunedTrials === 1 ? '1 pruned trial' : `${prunedTrials} pruned trials`;
  if (savedSteps === null || savedShare === null) return trials;
  return `${trials} saved about ${savedSteps} steps, ${Math.round(100 * savedShare)}% of all`;
}

function* trialsIn(table: TrialTable): Iterable<SavingsTrial> {
  for (const [trial, code] of table.states.values().entries()) {
    if (code === 0) continue;
    const durationMs = table.finishedAtMs.get(trial) - table.startedAtMs.get(trial);
    yield {
      state: (TrialTable.STATES[code] ?? '').toLowerCase(),
      stepCount: table.epochs.get(trial),
      durationMs: Number.isNaN(durationMs) ? null : durationMs,
      stoppedBy: null,
    };
  }
}
