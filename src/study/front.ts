import type { Params } from '../core/distribution.js';
import { toLosses } from '../core/losses.js';
import { nonDominatedRanks } from '../core/pareto.js';
import type { Study } from './study.js';

/** A configuration of the Pareto front. */
export type OnFront = {
  /** Number of the configuration; null when another program made it. */
  readonly configuration: number | null;
  /** Mean over its trials, one for each objective. */
  readonly values: readonly number[];
  readonly std: readonly number[] | null;
  readonly n: number;
  readonly trials: readonly number[];
  readonly params: Params;
};

/**
 * The Pareto front: complete configurations that fulfil all outcome constraints and that none of the others dominates,
 * by the means of their trials. In the order of the first objective, the best first.
 */
export async function paretoFront(study: Study): Promise<OnFront[]> {
  const records = new Map((await study.configurations()).map(({ config }) => [config.key, config]));
  const directions = study.spec.objectives.map((objective) => objective.direction);
  const { configs } = await study.view();
  const candidates = configs.flatMap((config) => {
    const { state, values, outcomeConstraints } = config;
    const feasible = outcomeConstraints.every((by) => by <= 0);
    return state === 'complete' && values && feasible
      ? { config, values, losses: toLosses(values, directions) }
      : [];
  });
  const ranks = nonDominatedRanks(candidates.map(({ losses }) => losses));
  return candidates
    .filter((_, k) => ranks[k] === 0)
    .sort((a, b) => compare(a.losses[0] as number, b.losses[0] as number))
    .map(({ config, values }) => {
      const record = records.get(config.key);
      return {
        configuration: record?.number ?? null,
        values,
        std: config.std,
        n: config.n,
        trials: config.trials.map((trial) => trial.number),
        params: record ? study.given(record) : config.params,
      };
    });
}

/** The first of the front that is best in objective k. */
export function bestOf(front: readonly OnFront[], study: Study, k: number): OnFront | null {
  const direction = study.spec.objectives[k]?.direction ?? 'minimize';
  const loss = ({ values }: OnFront) => toLosses([values[k] as number], [direction])[0] as number;
  const [first, ...rest] = front;
  return first ? rest.reduce((a, b) => (loss(b) < loss(a) ? b : a), first) : null;
}

// A difference would make NaN of two infinities.
function compare(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
