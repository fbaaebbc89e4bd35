import {
  type ComponentSpec,
  isCustomName,
  type OptionSpec,
  type RegistryEntry,
} from '../core/component-options.js';
import { type HpoError, usageError } from '../core/errors.js';
import { type Comparison, guard } from './guard.js';
import type { Pruner } from './pruner.js';
import { waiting } from './waiting.js';

/** A pruner as it is written here. What it compares says when it may stop a trial: see `guard`. */
type Rule = RegistryEntry<Pruner> & { readonly compares: Comparison };

const startupAfter = (configurations: number): OptionSpec => ({
  type: 'int',
  default: configurations,
  min: 0,
  help: 'complete configurations needed before anything is pruned',
});
const warmupSteps: OptionSpec = {
  type: 'int',
  default: 0,
  min: 0,
  help: 'steps below this are never pruned',
};
const intervalSteps: OptionSpec = { type: 'int', default: 1, min: 1, help: 'steps between two decisions' };
const minTrials: OptionSpec = {
  type: 'int',
  default: 1,
  min: 1,
  help: 'peers with a value at the step needed for a decision',
};
const minSteps: OptionSpec = { type: 'int', default: 0, min: 0, help: 'no rung lies below this step' };
const bootstrapCount: OptionSpec = {
  type: 'int',
  default: 0,
  min: 0,
  help: 'configurations that must have reached a rung before any is promoted from it',
};
const reductionFactor = (value: number): OptionSpec => ({
  type: 'int',
  default: value,
  min: 2,
  help: 'keep the best 1/N of each rung; resources grow by this factor N',
});

/** Those that need no other pruner. */
const rules: readonly Rule[] = [
  {
    name: 'none',
    summary: 'every trial runs to its end',
    options: {},
    compares: 'bounds',
    load: async () => (await import('./none.js')).makeNone,
  },
  {
    name: 'median',
    summary: 'stops a trial whose best value is worse than the median of its peers at the same step',
    options: {
      startup_trials: startupAfter(5),
      warmup_steps: warmupSteps,
      interval_steps: intervalSteps,
      min_trials: minTrials,
    },
    compares: 'steps',
    load: async () => (await import('./median.js')).makeMedian,
  },
  {
    name: 'percentile',
    summary: 'as median, at any percentile of the peers',
    options: {
      percentile: {
        type: 'number',
        default: 25,
        min: 0,
        max: 100,
        help: 'percentile of its peers that a trial must reach',
      },
      startup_trials: startupAfter(5),
      warmup_steps: warmupSteps,
      interval_steps: intervalSteps,
      min_trials: minTrials,
    },
    compares: 'steps',
    load: async () => (await import('./percentile.js')).makePercentile,
  },
  {
    name: 'asha',
    summary: 'asynchronous successive halving: the best of each rung continue (Li et al. 2020)',
    options: {
      min_resource: {
        type: 'int',
        default: 0,
        min: 0,
        help: 'step of the first rung; 0: a sixteenth of max_steps, or of the longest complete trial',
      },
      min_steps: minSteps,
      reduction_factor: reductionFactor(3),
      min_early_stopping_rate: {
        type: 'int',
        default: 0,
        min: 0,
        max: 20,
        help: 'skip this many of the first rungs',
      },
      bootstrap_count: bootstrapCount,
      startup_trials: startupAfter(0),
      warmup_steps: warmupSteps,
    },
    compares: 'steps',
    load: async () => waiting((await import('./asha.js')).makeAsha),
  },
  {
    name: 'hyperband',
    summary: 'brackets of successive halving that begin early and late (Li et al. 2018)',
    options: {
      min_resource: { type: 'int', default: 1, min: 1, help: 'step of the first rung of the first bracket' },
      min_steps: minSteps,
      max_resource: {
        type: 'int',
        default: 0,
        min: 0,
        help: 'steps of a whole trial; 0: max_steps, or as the longest complete trial',
      },
      reduction_factor: reductionFactor(3),
      bootstrap_count: bootstrapCount,
      startup_trials: startupAfter(0),
      warmup_steps: warmupSteps,
    },
    compares: 'steps',
    load: async () => waiting((await import('./hyperband.js')).makeHyperband),
  },
  {
    name: 'threshold',
    summary: 'stops a trial whose value is NaN or outside bounds',
    options: {
      lower: { type: 'number', default: -Number.MAX_VALUE, help: 'values below this stop the trial' },
      upper: { type: 'number', default: Number.MAX_VALUE, help: 'values above this stop the trial' },
      startup_trials: startupAfter(0),
      warmup_steps: warmupSteps,
      interval_steps: intervalSteps,
    },
    compares: 'bounds',
    load: async () => waiting((await import('./threshold.js')).makeThreshold),
  },
  {
    name: 'wilcoxon',
    summary:
      'for means over instances (folds): stops a trial that a signed-rank test finds worse than the best',
    options: {
      p_threshold: {
        type: 'number',
        default: 0.1,
        min: 0,
        max: 1,
        help: 'p-value below which a trial stops',
      },
      startup_steps: {
        type: 'int',
        default: 0,
        min: 0,
        help: 'steps in common with the best trial needed for a decision',
      },
      startup_trials: startupAfter(0),
      warmup_steps: warmupSteps,
    },
    compares: 'instances',
    load: async () => waiting((await import('./wilcoxon.js')).makeWilcoxon),
  },
];

const simple = rules.map(guarded);

const patient: Rule = {
  name: 'patient',
  summary: 'stops a trial that has not improved for some steps; alone, or where another pruner agrees',
  options: {
    patience: { type: 'int', default: 10, min: 0, help: 'reports without improvement that are tolerated' },
    min_delta: { type: 'number', default: 0, min: 0, help: 'how much worse counts as worse' },
    startup_trials: startupAfter(0),
    warmup_steps: warmupSteps,
    around: {
      type: 'entry',
      entries: simple,
      default: 'none',
      help: 'a pruner, or `{name, ...options}`, that must agree; none: patient decides alone',
    },
  },
  compares: 'itself',
  load: async () => {
    const { makePatient } = await import('./patient.js');
    const makers = new Map(
      await Promise.all(simple.map(async ({ name, load }) => [name, await load()] as const)),
    );
    return waiting((options) => {
      const { name, options: own } = options.around as ComponentSpec;
      const make = name === 'none' ? null : makers.get(name);
      if (make === undefined) throw unknownInner(name);
      return makePatient(options, make?.(own) ?? null);
    });
  },
};

/** To add a pruner: one file, one entry. The conformance suite, the config schema and the CLI help follow. */
export const pruners: readonly RegistryEntry<Pruner>[] = [...simple, guarded(patient)];

function guarded({ compares, ...entry }: Rule): RegistryEntry<Pruner> {
  return {
    ...entry,
    load: async () => {
      const make = await entry.load();
      return (options) => {
        const rule = make(options);
        return { decide: (trial, view) => guard(rule.decide(trial, view), trial, view, compares) };
      };
    },
  };
}

function unknownInner(name: string): HpoError {
  const known = simple.map((entry) => entry.name).join(', ');
  return usageError('pruner.unknown', `expected a pruner that patient can wrap, got ${name}`, {
    fix: `use one of ${known}`,
  });
}

/** Those that judge several objectives: by the Pareto rank among the trials at a step. */
const RANKING: readonly string[] = ['median', 'percentile', 'asha', 'hyperband'];

/**
 * Returns why a pruner cannot judge trials of this many objectives, as a usage error; null when it can. Bounds, patience and a
 * test of differences have a meaning for one value alone.
 */
export function refusePruning(name: string, objectives: number): HpoError | null {
  if (
    name === 'none' ||
    objectives < 2 ||
    RANKING.includes(name) ||
    !(isCustomName(name) || pruners.some((entry) => entry.name === name))
  )
    return null;
  return usageError('pruner.one-objective', `the pruner ${name} judges one objective, got ${objectives}`, {
    fix: `use ${RANKING.join(', ')} or none, or search for one objective`,
  });
}
