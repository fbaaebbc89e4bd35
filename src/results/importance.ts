import { enoughFor, type Importances, importances } from '../analysis/importance.js';
import { makeRng } from '../core/rng.js';
import type { Objective } from '../core/spec.js';
import type { ConfigurationResult } from './configurations.js';
import type { ResultsModel } from './results-model.js';

export type ObjectiveImportance = Importances & { readonly objective: string };

/**
 * How much each parameter matters for objective k, with intervals; null with fewer than two complete configurations. The
 * study's seed decides about chance, so that the same trials always give the same answer. It takes seconds for many parameters.
 */
export function importanceFor(
  { study, configurations }: ResultsModel,
  k: number,
): ObjectiveImportance | null {
  const configs = configurations.all();
  if (configs.filter((each) => hasValue(each, k)).length < 2) return null;
  return one(study, configs, { objective: study.spec.objectives[k] as Objective, k });
}

function one(
  { space, seed }: ResultsModel['study'],
  configs: ReturnType<ResultsModel['configurations']['all']>,
  { objective, k }: { readonly objective: Objective; readonly k: number },
): ObjectiveImportance {
  return {
    objective: objective.metric,
    ...importances(space, configs, k, makeRng(seed, 'importance', k)),
  };
}

/** What is said where fewer than two configurations are complete: that they are too few. */
export function noImportance({ study, configurations }: ResultsModel, k: number): ObjectiveImportance {
  const configs = configurations.all();
  return {
    objective: study.spec.objectives[k]?.metric ?? 'objective',
    parameters: [],
    explained: 0,
    left: [],
    configurations: configs.filter((each) => hasValue(each, k)).length,
    tooFew: true,
    enough: enoughFor(study.space.params.length),
    pruned: configs.filter(({ state }) => state === 'pruned').length,
    drawn: 0,
  };
}

function hasValue({ state, trialCount, values }: ConfigurationResult, k: number): boolean {
  return state !== 'pruned' && trialCount > 0 && Number.isFinite(values?.[k]);
}

/** What a reader must know of importances: from how much they come, and what they leave out. */
export function importanceNotes(found: ObjectiveImportance): string[] {
  const { configurations, parameters, left, enough, pruned, drawn } = found;
  if (configurations < 2)
    return [
      `too few: ${count(configurations, 'complete configuration')}; two are needed, and ${enough} for more than chance`,
    ];
  const share = `${Math.round(100 * found.explained)}%`;
  const judged = parameters.length + left.length;
  return [
    ...(found.tooFew
      ? [
          `too few: ${count(configurations, 'configuration')} for ${count(judged, 'parameter')}; below ${enough} the order is mostly chance`,
        ]
      : []),
    `from ${count(configurations, 'complete configuration')}; on their own the parameters explain ${share} of the variance`,
    ...(drawn < configurations ? [`each tree draws ${drawn} of the ${configurations} configurations`] : []),
    ...(pruned > 0
      ? [`${count(pruned, 'pruned configuration')} left out: their values are of earlier steps`]
      : []),
    ...(left.length > 0 ? [`not judged, since not every configuration has them: ${left.join(', ')}`] : []),
  ];
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}
