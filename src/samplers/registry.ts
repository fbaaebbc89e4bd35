import type { RegistryEntry } from '../core/options.js';
import type { Sampler } from './sampler.js';

/** `endless`: it never runs out of proposals on a continuous space, so a sweep needs a budget. */
export type SamplerEntry = RegistryEntry<Sampler> & { readonly endless: boolean };

/** To add a sampler: one file, one entry. The conformance suite, the config schema and the CLI help follow. */
export const samplers: readonly SamplerEntry[] = [
  {
    name: 'grid',
    summary: 'every combination, each once',
    endless: false,
    options: {},
    load: async () => (await import('./grid.js')).makeGrid,
  },
  {
    name: 'random',
    summary: 'independent draws (Bergstra and Bengio 2012)',
    endless: true,
    options: {},
    load: async () => (await import('./random.js')).makeRandom,
  },
  {
    name: 'tpe',
    summary: 'multivariate tree-structured Parzen estimator (Bergstra et al. 2011)',
    endless: true,
    options: {
      startup_trials: {
        type: 'int',
        default: 6,
        min: 0,
        help: 'configurations drawn at random before the model is used',
      },
      candidates: {
        type: 'int',
        default: 24,
        min: 1,
        help: 'points drawn from the good density for each proposal',
      },
    },
    load: async () => (await import('./tpe/tpe.js')).makeTpe,
  },
];
