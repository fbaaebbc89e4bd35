import type { Params } from '../core/distribution.js';
import { isFeasible, metricConstraintText } from '../core/metric-constraints.js';
import type { MetricConstraint } from '../core/spec.js';
import { ranked } from '../results/ranking.js';
import { rulesOf } from './pareto-front.js';
import type { Study } from './study.js';

export type Ranked = {
  /** Number of the configuration; null when another program made it. */
  readonly configuration: number | null;
  readonly value: number;
  readonly std: number | null;
  readonly trialCount: number;
  /** False when it breaks a limit of the study. */
  readonly feasible: boolean;
  readonly trials: readonly number[];
  readonly params: Params;
};

/** Configurations with a result, the best first, as `results/ranking.ts` says. */
export async function rankConfigurations(study: Study): Promise<Ranked[]> {
  const records = new Map((await study.configurations()).map(({ config }) => [config.key, config]));
  const { configs } = await study.view();
  return ranked(configs, rulesOf(study)).map((config) => {
    const record = records.get(config.key);
    return {
      configuration: record?.number ?? null,
      value: config.values?.[0] as number,
      std: config.std?.[0] ?? null,
      trialCount: config.trialCount,
      feasible: isFeasible(config.violations),
      trials: config.trials.map((trial) => trial.number),
      params: record ? study.effectiveParams(record) : config.params,
    };
  });
}

/** What is said where there are results, and none that keeps every limit. */
export function noneFeasible(outcomes: readonly MetricConstraint[]): string {
  return `no configuration keeps the limits: ${outcomes.map(metricConstraintText).join(', ')}`;
}
