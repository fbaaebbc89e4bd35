import { enoughFor, type Importances, importances } from '../analysis/importance.js';
import { makeRng } from '../core/rng.js';
import type { Objective } from '../core/spec.js';
import type { ConfigurationResult } from './configurations.js';
import type { ResultsModel } from './results-model.js';

export type ObjectiveImportance = Importances & {
  readonly objective: string;
  /** Its value where all complete configurations have the same one; null where they differ, or are too few. */
  readonly constant: number | null;
};

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
    constant: constantValue(configs, k),
    ...importances(space, configs, k, makeRng(seed, 'importance', k)),
  };
}

/** What is said where fewer than two configurations are complete: that they are too few. */
export function noImportance({ study, configurations }: ResultsModel, k: number): ObjectiveImportance {
  const configs = configurations.all();
  return {
    objective: study.spec.objectives[k]?.metric ?? 'objective',
    constant: null,
    parameters: [],
    explained: 0,
    left: [],
    configurations: configs.filter((each) => hasValue(each, k)).length,
    tooFew: true,
    enough: enoughFor(study.space.params.length),
    pruned: configs.filter(({ state }) => state === 'pruned').length,
    dominant: 0,
    drawn: 0,
  };
}

type Valued = Pick<ConfigurationResult, 'state' | 'trialCount' | 'values'>;

/** Returns the value of objective k where at least two complete configurations have it, and no other one; else null. */
export function constantValue(configs: readonly Valued[], k: number): number | null {
  const told = configs.filter((each) => hasValue(each, k)).map(({ values }) => values?.[k]);
  const [first] = told;
  return told.length < 2 || first === undefined || told.some((value) => value !== first) ? null : first;
}

function hasValue({ state, trialCount, values }: Valued, k: number): boolean {
  return state !== 'pruned' && trialCount > 0 && Number.isFinite(values?.[k]);
}

/** Where so few of the values make up most of the variance, shares say nothing of the others. */
const MOST_DOMINANT = 1 / 6;

/** What a reader must know of importances: from how much they come, and what they leave out. */
export function importanceNotes(found: ObjectiveImportance): string[] {
  const { configurations, parameters, left, enough, pruned, dominant, drawn } = found;
  if (configurations < 2)
    return [
      `too few: ${count(configurations, 'complete configuration')}; two are needed, and ${enough} for more than chance`,
    ];
  if (found.constant !== null)
    return [
      `${found.objective} was ${found.constant} in all ${configurations} complete configurations: no parameter changes it`,
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
    ...(dominant <= MOST_DOMINANT * configurations
      ? [
          `${count(dominant, 'value')} far from the others ${dominant === 1 ? 'makes' : 'make'} up most of that variance: the shares say what sets ${dominant === 1 ? 'it' : 'them'} apart, and little of the others`,
        ]
      : []),
    ...(drawn < configurations ? [`each tree draws ${drawn} of the ${configurations} configurations`] : []),
    ...(pruned > 0
      ? [`${count(pruned, 'pruned configuration')} left out: their values are of earlier steps`]
      : []),
    ...(left.length > 0 ? [`not judged, since not every configuration has them: ${left.join(', ')}`] : []),
  ];
}

/** Returns that nobody knows which of the first two parameters matters more; null where their intervals lie apart. */
export function orderNote({ parameters, constant }: ObjectiveImportance): string | null {
  const [first, second] = parameters;
  const isOpen = constant === null && first && second && second.high > first.low;
  return isOpen ? `whether ${first.name} or ${second.name} matters more is not certain` : null;
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}
