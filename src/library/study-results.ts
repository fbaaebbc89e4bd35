import { usageError } from '../core/errors.js';
import { isMapping } from '../core/mapping.js';
import { shownValue } from '../core/shown-value.js';
import type { Objective } from '../core/spec.js';
import type { ResultsModel } from '../results/results-model.js';
import type { Best, BestTrial, ParetoPoint } from './trial-types.js';

/** The best configuration; null without a feasible one. @throws HpoError study.several-objectives. */
export function bestOf(results: ResultsModel, objectives: readonly Objective[]): Best | null {
  if (objectives.length > 1) {
    throw usageError(
      'study.several-objectives',
      'expected a study with one objective, got several: no single trial is best',
      { fix: 'study.bestTrials()' },
    );
  }
  // The feasible ones come first.
  const [found] = results.best(1);
  if (!found?.feasible) return null;
  const { params, values, std, trialCount, trials } = found;
  return { params, value: values[0] as number, std: std?.[0] ?? null, trialCount, trials };
}

/** The best configuration, or of several objectives all that no other dominates, with values by their names. */
export function bestTrialsOf(results: ResultsModel, objectives: readonly Objective[]): BestTrial<object>[] {
  const metrics = objectives.map(({ metric }) => metric);
  const found = metrics.length > 1 ? results.front() : results.best(1).filter(({ feasible }) => feasible);
  return found.map(({ params, values, trialCount, trials }) => ({
    params,
    values: toNamed(metrics, values),
    trialCount,
    trials,
  }));
}

export function frontOf(results: ResultsModel): ParetoPoint[] {
  return results
    .front()
    .map(({ params, values, std, trialCount, trials }) => ({ params, values, std, trialCount, trials }));
}

/** Values by the names of the objectives. */
export function toNamed(
  metrics: readonly string[],
  values: readonly number[],
): Readonly<Record<string, number>> {
  return Object.fromEntries(metrics.map((metric, k) => [metric, values[k] as number]));
}

/**
 * How much each parameter explains of an objective, the highest first; empty when nothing is known.
 * @throws HpoError study.no-objective (usage).
 */
export async function importanceOf(
  results: ResultsModel,
  objectives: readonly Objective[],
  options: { readonly objective?: string },
): Promise<Readonly<Record<string, number>>> {
  const odd = isMapping(options) ? Object.keys(options).find((each) => each !== 'objective') : options;
  if (odd !== undefined)
    throw usageError('study.unknown-option', `expected { objective: NAME }, got ${shownValue(odd)}`);
  const name = options.objective;
  const k = name === undefined ? 0 : objectives.findIndex(({ metric }) => metric === name);
  if (k < 0) {
    const known = objectives.map(({ metric }) => metric).join(', ');
    throw usageError('study.no-objective', `expected one of the objectives ${known}, got ${name}`);
  }
  const { importanceFor } = await import('../results/importance.js');
  const found = importanceFor(results, k)?.parameters ?? [];
  const sorted = [...found].sort((a, b) => b.importance - a.importance);
  return Object.fromEntries(sorted.map(({ name: parameter, importance }) => [parameter, importance]));
}
