import type { OptionValues } from '../core/component-options.js';
import { makePercentile } from './percentile.js';
import type { Pruner } from './pruner.js';

/**
 * The median rule (Golovin et al., Google Vizier, KDD 2017, section 3.2.1): the percentile rule at 50, with the same
 * options but for the percentile.
 */
export function makeMedian(options: OptionValues): Pruner {
  return makePercentile({ ...options, percentile: 50 });
}
