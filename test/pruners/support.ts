import { type OptionValues, withDefaults } from '../../src/core/component-options.js';
import { mean } from '../../src/core/stats.js';
import type { ConfigState, ConfigView, StudyView } from '../../src/core/study-view.js';
import type { Direction, TrialState, TrialView } from '../../src/core/trial.js';
import type { Pruner } from '../../src/pruners/pruner.js';
import { pruners } from '../../src/pruners/registry.js';

export type Steps = readonly (readonly [step: number, value: number])[];

/** A pruner of the registry, with its defaults but for the options given. */
export async function loadPruner(name: string, options: OptionValues = {}): Promise<Pruner> {
  const entry = pruners.find((each) => each.name === name);
  if (!entry) throw new Error(`no pruner ${name}`);
  return (await entry.load())(withDefaults(entry.options, options));
}

export function trialOf(number: number, steps: Steps, state: TrialState = 'complete'): TrialView {
  return { number, state, values: state === 'complete' ? [0] : null, steps: new Map(steps) };
}

/** A configuration of these trials. */
export function configOf(index: number, trials: readonly TrialView[]): ConfigView {
  const states: readonly ConfigState[] = ['pruned', 'running', 'complete'];
  const complete = trials.filter((trial) => trial.state === 'complete');
  return {
    index,
    params: { x: index },
    key: `[["x",${index}]]`,
    state: states.find((state) => trials.some((trial) => trial.state === state)) ?? 'fail',
    values: complete.length === 0 ? null : [mean(complete.map(({ values }) => values?.[0] ?? 0))],
    std: null,
    trialCount: complete.length,
    violations: [],
    trials,
    attrs: {},
  };
}

/** The view of these configurations. Rules are tried in the middle of long trials, unless a last step is given. */
export function viewOf(
  configs: readonly (readonly TrialView[])[],
  direction: Direction = 'minimize',
  maxSteps: number | null = 1_000_000,
): StudyView {
  return {
    directions: [direction],
    seed: 1,
    maxSteps,
    earlier: null,
    configs: configs.map((trials, k) => configOf(k, trials)),
  };
}
