import type { OptionSpec, RegistryEntry } from '../core/component-options.js';
import { type HpoError, usageError } from '../core/errors.js';
import { pruners } from '../pruners/registry.js';
import type { Scheduler } from './scheduler.js';

export {
  defaultScheduler,
  keptScheduling,
  type SearchedStudy,
  trainsUnsavedInFull,
  waitsForSave,
} from './default-scheduler.js';

const reductionFactor: OptionSpec = {
  type: 'int',
  default: 3,
  min: 2,
  help: 'the best 1/N of each rung continue, to N times as many steps',
};
const minSteps: OptionSpec = {
  type: 'int',
  default: 0,
  min: 0,
  help: 'no rung lies below this step; 0: a sixteenth of a full trial',
};

const stops: OptionSpec = {
  type: 'boolean',
  default: true,
  help: 'whether trials that cannot be paused are stopped where they are hopeless; false: they are trained in full',
};

const assumesSaves: OptionSpec = {
  type: 'boolean',
  default: true,
  help: 'whether trials count as saving until one shows that it does not; false: those of a program do not until one has saved, and reports without step numbers are not judged',
};

type Make = Awaited<ReturnType<RegistryEntry<Scheduler>['load']>>;

async function halving(load: () => Promise<Make>): Promise<Make> {
  const [make, { withinBudget }] = await Promise.all([load(), import('./within-budget.js')]);
  return (options) => withinBudget(make(options), { fillsUp: true });
}

/** Those that pause trials and continue the best. */
export const schedulers: readonly RegistryEntry<Scheduler>[] = [
  {
    name: 'auto',
    summary: 'successive halving by forecasts of what each trial comes to at the full budget',
    options: { reduction_factor: reductionFactor, min_steps: minSteps, stops, assumes_saves: assumesSaves },
    load: async () => {
      const [{ makeAuto }, { makeAsha }, { byObjectives }, { withinBudget }, { onlyPauses }] =
        await Promise.all([
          import('./auto.js'),
          import('./asha.js'),
          import('./by-objectives.js'),
          import('./within-budget.js'),
          import('./only-pauses.js'),
        ]);
      // The curve model is of one objective.
      return (options) => {
        const scheduler = byObjectives(
          withinBudget(makeAuto(options), { fillsUp: false }),
          withinBudget(makeAsha(options), { fillsUp: true }),
        );
        return options.stops === false ? onlyPauses(scheduler) : scheduler;
      };
    },
  },
  {
    name: 'asha',
    summary:
      'asynchronous successive halving: pauses each trial at a rung and continues the best (Li et al. 2020)',
    options: { reduction_factor: reductionFactor, min_steps: minSteps },
    load: () => halving(async () => (await import('./asha.js')).makeAsha),
  },
  {
    name: 'hyperband',
    summary:
      'brackets of successive halving that begin early and late, for curves that cross (Li et al. 2018)',
    options: { reduction_factor: reductionFactor, min_steps: minSteps },
    load: () => halving(async () => (await import('./hyperband.js')).makeHyperband),
  },
  {
    name: 'epochs',
    summary: 'trains every configuration for a few steps, then the best to the end',
    options: {
      steps: { type: 'int', default: 1, min: 1, help: 'steps that every configuration gets' },
      keep: { type: 'int', default: 3, min: 1, help: 'configurations that are trained to the end' },
    },
    load: async () => (await import('./epochs.js')).makeEpochs,
  },
  {
    name: 'pbt',
    summary:
      'population-based training: the worst continue from checkpoints of the best, with changed parameters',
    options: {
      population: { type: 'int', default: 8, min: 2, help: 'members that are trained side by side' },
      interval: {
        type: 'int',
        default: 0,
        min: 0,
        help: 'steps after which members are compared; 0: a tenth of a full trial',
      },
      truncation: {
        type: 'number',
        default: 0.25,
        min: 0,
        max: 0.5,
        help: 'the part of the members that is replaced by continuing as large a part of the best',
      },
      resample_probability: {
        type: 'number',
        default: 0.25,
        min: 0,
        max: 1,
        help: 'how often a parameter is drawn again, rather than changed by a factor of 0.8 or 1.2',
      },
    },
    load: async () => (await import('./pbt.js')).makePbt,
  },
];

/**
 * Everything that `scheduler:` may name: those above, and the pruners, which only stop. A pruner with the name of a scheduler
 * is reached as `pruner:`.
 */
export const schedulerChoices: readonly Omit<RegistryEntry<unknown>, 'load'>[] = [
  ...schedulers,
  ...pruners.filter(({ name }) => !schedulers.some((scheduler) => scheduler.name === name)),
];

/** Returns whether a name means a scheduler that pauses. */
export function isPausing(name: string): boolean {
  return schedulers.some((scheduler) => scheduler.name === name);
}

/** Returns whether a scheduler continues checkpoints and cannot do without them. */
export function needsCheckpoints(name: string): boolean {
  return name === 'pbt';
}

/** Returns why a scheduler cannot work with a study, as a usage error; null when it can. */
export function refuseCopies(
  name: string,
  { repeats, defineByRun }: { readonly repeats: number; readonly defineByRun: boolean },
): HpoError | null {
  if (!needsCheckpoints(name) || (repeats === 1 && !defineByRun)) return null;
  const got = defineByRun ? 'an objective that names its parameters itself' : `${repeats} repeats`;
  return usageError(
    'scheduler.copies',
    `the scheduler ${name} expects one trial of each configuration and parameters that are known, got ${got}`,
    { fix: 'choose asha, or remove repeats and declare the parameters' },
  );
}
