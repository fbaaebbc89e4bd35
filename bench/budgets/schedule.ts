import type { Pruner } from '../../src/pruners/pruner.js';
import type { Scheduler } from '../../src/schedulers/scheduler.js';

/** Returns a pruner as a scheduler that only stops. */
export function stopping(pruner: Pruner): Scheduler {
  return {
    firstTargets: () => () => null,
    next: () => null,
    decide(trial, view) {
      const { prune, reason } = pruner.decide(trial, view);
      return { kind: prune ? 'stop' : 'continue', reason };
    },
  };
}
