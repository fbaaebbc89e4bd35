import { mean, standardDeviation } from '../core/stats.js';
import type { Direction } from '../core/trial.js';
import { ranked } from './ranking.js';
import { type RankedConfiguration, type ResultsModel, toRanked } from './results-model.js';

/**
 * The configurations of a study ranked by another metric than its objective, the best first: by the mean over their complete
 * trials that reported it. Everything else is as in `ranking.ts`. `lastValue`: the last value of the metric of a trial.
 */
export function rankByMetric(
  {
    study,
    configurations,
    stateOf,
  }: Pick<ResultsModel, 'study' | 'configurations'> & {
    readonly stateOf: (trial: number) => string | null;
  },
  lastValue: (trial: number) => number | undefined,
  direction: Direction,
): RankedConfiguration[] {
  const candidates = configurations.all().map((configuration) => {
    const values = configuration.trials.flatMap(({ number }) => {
      const value = stateOf(number) === 'complete' ? lastValue(number) : undefined;
      return value === undefined ? [] : [value];
    });
    const std = standardDeviation(values);
    return {
      ...configuration,
      values: values.length === 0 ? null : [mean(values)],
      std: std === null ? null : [std],
      trialCount: values.length,
    };
  });
  return ranked(candidates, { directions: [direction], repeats: study.spec.repeats }).map((found) =>
    toRanked(study.space, found),
  );
}
