import type { Continuation, TrialTable } from './trial-table.js';

/** Returns whether some trial continues the checkpoint of another one. */
export function hasParents({ parents }: TrialTable): boolean {
  return parents.values().some((parent) => parent >= 0);
}

/** Returns the trials that continue the checkpoint of a trial, and the last step of that. */
export function childrenOf({ parents, parentSteps }: TrialTable, trial: number): readonly Continuation[] {
  const found: Continuation[] = [];
  for (const [child, parent] of parents.values().entries())
    if (parent === trial) found.push({ trial: child, step: parentSteps.get(child) });
  return found;
}

/** Returns how many steps a trial has of its parent: its curve has them, and those that it trained itself. */
export function inheritedSteps({ parents, curves, epochs }: TrialTable, trial: number): number {
  if (parents.get(trial) < 0) return 0;
  return Math.max(0, (curves.get(trial)?.steps.length ?? 0) - epochs.get(trial));
}
