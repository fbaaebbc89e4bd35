import { STATE, type TrialColumns } from './trial-columns.js';

/** How a trial is drawn. */
export const KIND = { complete: 0, pruned: 1, running: 2, infeasible: 3, fail: 4, paused: 5 } as const;

/** Returns for each trial how it is drawn. */
export function kindsOf(columns: TrialColumns): Uint8Array {
  const [states, feasible] = [columns.values('state'), columns.values('feasible')];
  const kinds = new Uint8Array(columns.total).fill(KIND.running);
  for (let trial = 0; trial < kinds.length; trial++) {
    const state = states[trial];
    if (state === STATE.complete) kinds[trial] = feasible[trial] === 2 ? KIND.infeasible : KIND.complete;
    else if (state === STATE.pruned) kinds[trial] = KIND.pruned;
    else if (state === STATE.fail) kinds[trial] = KIND.fail;
    else if (state === STATE.paused) kinds[trial] = KIND.paused;
  }
  return kinds;
}
