import type { RegistryEntry } from '../core/options.js';
import type { Pruner } from './pruner.js';

/** To add a pruner: one file, one entry. The conformance suite, the config schema and the CLI help follow. */
export const pruners: readonly RegistryEntry<Pruner>[] = [
  {
    name: 'none',
    summary: 'every trial runs to its end',
    options: {},
    load: async () => (await import('./none.js')).makeNone,
  },
  {
    name: 'median',
    summary: 'stops a trial whose best value is worse than the median of its peers at the same step',
    options: {
      startup_trials: {
        type: 'int',
        default: 5,
        min: 0,
        help: 'complete configurations needed before anything is pruned',
      },
      warmup_steps: { type: 'int', default: 0, min: 0, help: 'steps below this are never pruned' },
      interval_steps: { type: 'int', default: 1, min: 1, help: 'steps between two decisions' },
      min_trials: {
        type: 'int',
        default: 1,
        min: 1,
        help: 'peers with a value at the step needed for a decision',
      },
    },
    load: async () => (await import('./median.js')).makeMedian,
  },
];
