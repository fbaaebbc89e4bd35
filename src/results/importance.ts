import { type Importances, importances } from '../analysis/importance.js';
import { makeRng } from '../core/rng.js';
import type { ResultsModel } from './results-model.js';

export type ObjectiveImportance = Importances & { readonly objective: string };

/**
 * How much each parameter matters for each objective, with intervals. The study's seed decides about chance, so that the
 * same trials always give the same answer. It takes seconds for many parameters.
 * @throws HpoError importance.too-few (usage) with fewer than two complete configurations.
 */
export function importanceOf({ study, configurations }: ResultsModel): ObjectiveImportance[] {
  const configs = configurations.all();
  return study.spec.objectives.map(({ metric }, k) => ({
    objective: metric,
    ...importances(study.space, configs, k, makeRng(study.seed, 'importance', k)),
  }));
}
