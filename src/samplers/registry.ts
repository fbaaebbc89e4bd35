import { BOUNDS } from '../core/bounds.js';
import { type RegistryEntry, withDefaults } from '../core/component-options.js';
import { type HpoError, usageError } from '../core/errors.js';
import type { Sampler } from './sampler.js';

/** `endless`: it never runs out of proposals on a continuous space, so a sweep needs a budget. */
export type SamplerEntry = RegistryEntry<Sampler> & {
  readonly endless: boolean;
  /** How many objectives it can search for at once. */
  readonly objectives: 'one' | 'many';
  /**
   * What its proposals depend on, besides the space, the index and the generator. `results`: what earlier configurations
   * came to. `points`: which earlier configurations there are, but not their results. `nothing`: neither; it reads a view
   * only to skip tried points, so the study gives it an empty view and does not read the history, unless a proposal was
   * tried before.
   */
  readonly reads: 'results' | 'points' | 'nothing';
  /** Whether it learns from earlier studies. */
  readonly transfers: boolean;
};

/** To add a sampler: one file, one entry (docs/extending.md). The suite, the schema, the help and the documents follow. */
export const samplers: readonly SamplerEntry[] = [
  {
    name: 'grid',
    summary: 'every combination, each once',
    endless: false,
    objectives: 'many',
    reads: 'nothing',
    transfers: false,
    options: {},
    load: async () => (await import('./grid.js')).makeGrid,
  },
  {
    name: 'random',
    summary: 'independent draws (Bergstra and Bengio 2012)',
    endless: true,
    objectives: 'many',
    reads: 'nothing',
    transfers: false,
    options: {},
    load: async () => (await import('./random.js')).makeRandom,
  },
  {
    name: 'qmc',
    summary: "points of a scrambled Sobol' sequence, more even than random ones (Joe and Kuo 2008)",
    endless: true,
    objectives: 'many',
    reads: 'nothing',
    transfers: false,
    options: {
      scramble: { type: 'boolean', default: true, help: "scramble the sequence with the study's seed" },
    },
    load: async () => (await import('./qmc/qmc.js')).makeQmc,
  },
  {
    name: 'tpe',
    summary: 'multivariate tree-structured Parzen estimator (Bergstra et al. 2011)',
    endless: true,
    objectives: 'many',
    reads: 'results',
    transfers: true,
    options: {
      startup_trials: {
        type: 'int',
        default: 6,
        min: 0,
        help: 'random configurations before the model is used',
      },
      candidates: {
        type: 'int',
        default: 24,
        min: 1,
        max: BOUNDS.population,
        help: 'candidates drawn from the good density for each proposal',
      },
    },
    load: async () => (await import('./tpe/tpe.js')).makeTpe,
  },
  {
    name: 'cmaes',
    summary: 'CMA evolution strategy with restarts, for hundreds of trials (Hansen 2016)',
    endless: true,
    objectives: 'one',
    reads: 'results',
    transfers: false,
    options: {
      sigma: {
        type: 'number',
        default: 0.17,
        min: 0.000001,
        max: 1,
        help: 'standard deviation at the start, as a share of each range',
      },
      population: {
        type: 'int',
        default: 0,
        min: 0,
        max: BOUNDS.population,
        help: 'configurations in a generation; 0: 4 + 3 ln(number of numeric parameters)',
      },
    },
    load: async () => (await import('./cmaes/cmaes.js')).makeCmaes,
  },
  {
    name: 'nsga2',
    summary: 'genetic algorithm for several objectives, NSGA-II (Deb et al. 2002)',
    endless: true,
    objectives: 'many',
    reads: 'results',
    transfers: false,
    options: {
      population: {
        type: 'int',
        default: 12,
        min: 2,
        max: BOUNDS.population,
        help: 'number of parents, the best results by front and crowding; as many random configurations come first',
      },
      crossover: {
        type: 'number',
        default: 0.9,
        min: 0,
        max: 1,
        help: 'probability that a child mixes two parents',
      },
      mutation: {
        type: 'number',
        default: 1,
        min: 0,
        help: 'mean number of parameters of a child that mutate',
      },
    },
    load: async () => (await import('./nsga2/nsga2.js')).makeNsga2,
  },
  {
    name: 'gp',
    summary:
      'Gaussian process with log expected improvement, of the hypervolume with 2 or 3 objectives (Ament et al. 2023)',
    endless: true,
    objectives: 'many',
    reads: 'results',
    transfers: true,
    options: {
      startup_trials: {
        type: 'int',
        default: 10,
        min: 1,
        max: BOUNDS.population,
        help: 'latin hypercube configurations before the model is used',
      },
    },
    load: async () => {
      const { makeGp } = await import('./gp/gp.js');
      const tpe = await byDefault('tpe');
      return (options) => makeGp(options, tpe);
    },
  },
  {
    name: 'auto',
    summary: 'gp or tpe, selected by the objectives, the space and the history',
    endless: true,
    objectives: 'many',
    reads: 'results',
    transfers: true,
    options: {},
    load: async () => {
      const { makeAuto } = await import('./auto/auto.js');
      const parts = { gp: await byDefault('gp'), tpe: await byDefault('tpe') };
      return () => makeAuto(parts);
    },
  },
];

/** Returns a usage error when a sampler cannot search for this many objectives; null when it can. */
export function refuseObjectives(name: string, count: number): HpoError | null {
  const one = samplers.find((entry) => entry.name === name)?.objectives === 'one';
  if (!one || count < 2) return null;
  const able = samplers.filter(({ objectives, reads }) => objectives === 'many' && reads === 'results');
  const names = able.map((entry) => entry.name);
  return usageError('sampler.one-objective', `the sampler ${name} supports one objective, got ${count}`, {
    fix: `use ${names.slice(0, -1).join(', ')} or ${names.at(-1)}, or search for one objective`,
  });
}

/** Returns a usage error when a sampler cannot learn from earlier studies, or not with this many objectives; null when it can. */
export function refuseTransfer(name: string, objectives: number): HpoError | null {
  if (objectives > 1) {
    const message = `earlier studies help to search for one objective, got ${objectives}`;
    return usageError('sampler.no-transfer', message, {
      fix: 'remove transfer; warm_start tries the best configurations of another study first',
    });
  }
  if (samplers.find((entry) => entry.name === name)?.transfers !== false) return null;
  const able = samplers.filter(({ transfers }) => transfers).map((entry) => entry.name);
  return usageError('sampler.no-transfer', `the sampler ${name} does not learn from earlier studies`, {
    fix: `use ${able.slice(0, -1).join(', ')} or ${able.at(-1)}, or remove transfer`,
  });
}

/** Returns a sampler with its default options, for use by another one. */
async function byDefault(name: string): Promise<Sampler> {
  const entry = samplers.find((each) => each.name === name) as SamplerEntry;
  return (await entry.load())(withDefaults(entry.options, {}));
}
