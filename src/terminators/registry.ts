import type { RegistryEntry } from '../core/component-options.js';
import type { Terminator } from './terminator.js';

/** To add a terminator: one file, one entry. The conformance suite and the table of docs/stopping.md follow. */
export const terminators: readonly RegistryEntry<Terminator>[] = [
  {
    name: 'none',
    summary: 'the sweep continues to the end of its budget',
    options: {},
    load: async () => (await import('./none.js')).makeNone,
  },
  {
    name: 'improvement',
    summary:
      'stops when the expected improvement of any new configuration is below the noise (Makarova et al. 2022)',
    options: {
      margin: {
        type: 'number',
        default: 0.1,
        min: 0,
        help: 'the improvement that is no longer worth a trial, in units of the noise',
      },
      min_trials: {
        type: 'int',
        default: 0,
        min: 0,
        help: 'finished configurations before the first stop; 0: 20, or twice the number of parameters if that is more',
      },
    },
    load: async () => (await import('./improvement.js')).makeImprovement,
  },
];
