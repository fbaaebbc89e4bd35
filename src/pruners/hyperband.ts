import type { OptionValues } from '../core/component-options.js';
import { longestComplete } from '../core/last-step.js';
import { repeatedProduct } from './asha.js';
import { bracketOf, firstNumber, inBracket, sharesOf } from './brackets.js';
import { decideByHalving } from './halving.js';
import type { Pruner } from './pruner.js';
import { keep, others } from './steps.js';

/**
 * Hyperband (Li et al., JMLR 18, 2018) in Optuna's asynchronous form: several brackets of successive halving, the
 * first of which prunes early and the last hardly at all, which protects against curves that cross. Bracket b has its
 * first rung at min_resource * reduction_factor^b steps and a share of the configurations in proportion to
 * ceil(n * reduction_factor^s / (s + 1)), s = n - 1 - b, of n brackets. Configurations compete within their bracket.
 *
 * With max_resource 0 it is max_steps; where that is not given, one more than the last step of the longest COMPLETE trial,
 * and nothing is pruned before. With min_steps above min_resource the brackets begin there.
 */
export function makeHyperband(options: OptionValues): Pruner {
  const o = options as {
    min_resource: number;
    max_resource: number;
    reduction_factor: number;
    bootstrap_count: number;
    min_steps: number;
  };
  return {
    decide(trial, view) {
      const longest = longestComplete(view);
      const learned = view.maxSteps ?? (longest === null ? null : longest + 1);
      const maxResource = o.max_resource > 0 ? o.max_resource : learned;
      if (maxResource === null) return keep('no complete trial yet that tells how long trials are');
      const minResource = Math.max(o.min_resource, o.min_steps);
      const shares = bracketShares(minResource, maxResource, o.reduction_factor);
      const bracket = bracketOf(firstNumber(trial, view), shares);
      const decision = decideByHalving(trial, view, inBracket(others(trial, view), bracket, shares), {
        firstRung: minResource * repeatedProduct(o.reduction_factor, bracket),
        reductionFactor: o.reduction_factor,
        bootstrapCount: o.bootstrap_count,
      });
      return { ...decision, reason: `${decision.reason} (bracket ${bracket} of ${shares.length})` };
    },
  };
}

/** Returns how many configurations each bracket gets in a round; there are floor(log(max / min)) + 1 brackets. */
export function bracketShares(minResource: number, maxResource: number, factor: number): readonly number[] {
  let count = 1;
  for (let rung = minResource * factor; rung <= maxResource; rung *= factor) count++;
  return sharesOf(count, factor);
}
