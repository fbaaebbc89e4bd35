import type { Params } from '../core/distribution.js';
import { compareValues } from '../core/losses.js';
import { isFeasible, outcomeText } from '../core/outcomes.js';
import type { OutcomeConstraint } from '../core/spec.js';
import type { Study } from './study.js';

export type Ranked = {
  /** Number of the configuration; null when another program made it. */
  readonly configuration: number | null;
  readonly value: number;
  readonly std: number | null;
  readonly n: number;
  /** False when it breaks a limit of the study. */
  readonly feasible: boolean;
  readonly trials: readonly number[];
  readonly params: Params;
};

/**
 * Configurations with a result, the best first. Those that keep every limit come before those that do not, and those
 * with all their repeats before those without.
 */
export async function rankConfigurations(study: Study): Promise<Ranked[]> {
  const records = new Map((await study.configurations()).map(({ config }) => [config.key, config]));
  const direction = study.spec.objectives[0]?.direction ?? 'minimize';
  const { configs } = await study.view();
  return configs
    .filter((config) => config.state !== 'pruned' && config.n > 0 && config.values !== null)
    .map((config) => {
      const record = records.get(config.key);
      return {
        configuration: record?.number ?? null,
        value: config.values?.[0] as number,
        std: config.std?.[0] ?? null,
        n: config.n,
        feasible: isFeasible(config.outcomeConstraints),
        trials: config.trials.map((trial) => trial.number),
        params: record ? study.given(record) : config.params,
      };
    })
    .sort((a, b) => rank(a, study) - rank(b, study) || compareValues(a.value, b.value, direction));
}

/** What is said where there are results, and none that keeps every limit. */
export function noneFeasible(outcomes: readonly OutcomeConstraint[]): string {
  return `no configuration keeps the limits: ${outcomes.map(outcomeText).join(', ')}`;
}

function rank(config: Ranked, study: Study): number {
  return (config.feasible ? 0 : 2) + (config.n >= study.spec.repeats ? 0 : 1);
}
