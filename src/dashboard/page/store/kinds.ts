import { STATE, type TrialColumns } from './trial-columns.js';

/** How a trial is drawn. */
export const KIND = { complete: 0, pruned: 1, running: 2, infeasible: 3, fail: 4 } as const;

/** Returns for each trial how it is drawn. */
export function kindsOf(columns: TrialColumns): Uint8Array {
  const [states, feasible] = [columns.values('state'), columns.values('feasible')];
  return Uint8Array.from({ length: columns.total }, (_, trial) => {
    switch (states[trial]) {
      case STATE.complete:
        return feasible[trial] === 2 ? KIND.infeasible : KIND.complete;
      case STATE.pruned:
        return KIND.pruned;
      case STATE.fail:
        return KIND.fail;
      default:
        return KIND.running;
    }
  });
}
