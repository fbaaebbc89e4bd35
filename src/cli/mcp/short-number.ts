import type { RankedConfiguration } from '../../results/results-model.js';
import { rankedJson } from '../result-json.js';

/** Returns a result in six digits: more say nothing, and a model pays for each. */
export function shortNumber<T extends number | null>(value: T): T {
  return (value === null ? null : Number(value.toPrecision(6))) as T;
}

/** Returns a configuration of one objective as `--json` prints it, with short results. Its parameters are whole. */
export function shortRanked(config: RankedConfiguration) {
  const { value, std, ...rest } = rankedJson(config);
  return { ...rest, value: shortNumber(value), std: shortNumber(std) };
}
