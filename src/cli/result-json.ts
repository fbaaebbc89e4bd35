import type { Distinction } from '../results/distinction.js';
import type { RankedConfiguration } from '../results/results-model.js';

/** A configuration of one objective as `--json` prints it. */
export function rankedJson({ values, std, trialCount, ...rest }: RankedConfiguration) {
  const { configuration, feasible, trials, params } = rest;
  return {
    configuration,
    value: values[0] as number,
    std: std?.[0] ?? null,
    feasible,
    trials,
    params,
    n: trialCount,
  };
}

/** The same with whether its repeats tell it from the first one (the first: from the second). */
export function distinguishedJson(
  config: RankedConfiguration,
  { distinguishable, pValue, repeatsNeeded }: Distinction,
) {
  return { ...rankedJson(config), distinguishable, pValue, repeatsNeeded };
}

/** A configuration of the Pareto front as `--json` prints it. */
export function frontJson(
  { configuration, values, std, trialCount, ...rest }: RankedConfiguration,
  knee: boolean,
) {
  const { feasible, trials, params } = rest;
  return { configuration, values, std, feasible, knee, trials, params, n: trialCount };
}
