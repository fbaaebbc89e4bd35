import type { OptionValues } from '../core/component-options.js';
import { longestComplete } from '../core/last-step.js';
import { decideByHalving } from './halving.js';
import type { Pruner } from './pruner.js';
import { keep, others } from './steps.js';

/**
 * Asynchronous successive halving (Li et al., MLSys 2020), Optuna's SuccessiveHalvingPruner: see `decideByHalving`.
 * The first rung is at min_resource * reduction_factor^min_early_stopping_rate steps, or at min_steps where that is later.
 * With min_resource 0 it is a sixteenth of max_steps; where that is not given, of the longest COMPLETE trial, and nothing is
 * pruned before there is one. By default there are rungs at 1/16, 3/16 and 9/16. (Optuna's "auto" is a hundredth and its factor 4, which on noisy curves prune the best by chance: see
 * `npm run bench prune`.)
 */
export function makeAsha(options: OptionValues): Pruner {
  const o = options as {
    min_resource: number;
    reduction_factor: number;
    min_early_stopping_rate: number;
    bootstrap_count: number;
    min_steps: number;
  };
  const rate = repeatedProduct(o.reduction_factor, o.min_early_stopping_rate);
  return {
    decide(trial, view) {
      const minResource =
        o.min_resource > 0 ? o.min_resource : estimate(view.maxSteps ?? longestComplete(view));
      if (minResource === null) return keep('no complete trial yet that tells how long trials are');
      return decideByHalving(trial, view, others(trial, view), {
        firstRung: Math.max(minResource * rate, o.min_steps),
        reductionFactor: o.reduction_factor,
        bootstrapCount: o.bootstrap_count,
      });
    },
  };
}

function estimate(longest: number | null): number | null {
  return longest === null ? null : Math.max(1, Math.floor(longest / 16));
}

/** Returns base^exponent for whole numbers, exactly. */
export function repeatedProduct(base: number, exponent: number): number {
  let product = 1;
  for (let k = 0; k < exponent; k++) product *= base;
  return product;
}
