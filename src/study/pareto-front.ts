import type { Params } from '../core/distribution.js';
import { bestIn, front, type Rules } from '../results/ranking.js';
import type { Study } from './study.js';

/** A configuration of the Pareto front. */
export type ParetoPoint = {
  /** Number of the configuration; null when another program made it. */
  readonly configuration: number | null;
  /** Mean over its trials, one for each objective. */
  readonly values: readonly number[];
  readonly std: readonly number[] | null;
  readonly trialCount: number;
  readonly trials: readonly number[];
  readonly params: Params;
};

/** The Pareto front, the best of the first objective first, as `results/ranking.ts` says. */
export async function paretoFront(study: Study): Promise<ParetoPoint[]> {
  const records = new Map((await study.configurations()).map(({ config }) => [config.key, config]));
  const { configs } = await study.view();
  return front(configs, rulesOf(study)).map((config) => {
    const record = records.get(config.key);
    return {
      configuration: record?.number ?? null,
      values: config.values ?? [],
      std: config.std,
      trialCount: config.trialCount,
      trials: config.trials.map((trial) => trial.number),
      params: record ? study.effectiveParams(record) : config.params,
    };
  });
}

/** The first of the front that is best in objective k. */
export function bestOf(of: readonly ParetoPoint[], study: Study, k: number): ParetoPoint | null {
  return bestIn(of, k, rulesOf(study).directions);
}

/** What the configurations of a study are ranked by. */
export function rulesOf({ spec }: Pick<Study, 'spec'>): Rules {
  return { directions: spec.objectives.map(({ direction }) => direction), repeats: spec.repeats };
}
