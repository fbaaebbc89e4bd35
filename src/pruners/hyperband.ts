import type { OptionValues } from '../core/component-options.js';
import { longestComplete } from '../core/last-step.js';
import type { ConfigView } from '../core/study-view.js';
import { repeatedProduct } from './asha.js';
import { decideByHalving } from './halving.js';
import type { Pruner } from './pruner.js';
import { keep } from './steps.js';

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
      const own = view.configs.find((config) => config.trials.some(({ number }) => number === trial.number));
      const bracket = bracketOf(own?.trials[0]?.number ?? trial.number, shares);
      const competitors = view.configs.filter((config) => config !== own && isIn(config, bracket, shares));
      const decision = decideByHalving(trial, view, competitors, {
        firstRung: minResource * repeatedProduct(o.reduction_factor, bracket),
        reductionFactor: o.reduction_factor,
        bootstrapCount: o.bootstrap_count,
      });
      return { ...decision, reason: `${decision.reason} (bracket ${bracket} of ${shares.length})` };
    },
  };
}

/** Returns how many configurations each bracket gets in a round; there are floor(log(max / min)) + 1 brackets. */
export function bracketShares(minResource: number, maxResource: number, factor: number): number[] {
  let count = 1;
  for (let rung = minResource * factor; rung <= maxResource; rung *= factor) count++;
  return Array.from({ length: count }, (_, bracket) => {
    const s = count - 1 - bracket;
    return Math.ceil((count * repeatedProduct(factor, s)) / (s + 1));
  });
}

/**
 * Returns the bracket of a configuration, by the number of its first trial: multiples of the golden ratio, modulo one, are
 * spread over the shares as evenly as possible from the first configuration on. Optuna uses a hash instead.
 */
export function bracketOf(firstTrial: number, shares: readonly number[]): number {
  const total = shares.reduce((sum, share) => sum + share, 0);
  const place = (firstTrial * ((Math.sqrt(5) - 1) / 2)) % 1;
  let end = 0;
  for (const [bracket, share] of shares.entries()) {
    end += share;
    if (place * total < end) return bracket;
  }
  return shares.length - 1;
}

function isIn({ trials }: ConfigView, bracket: number, shares: readonly number[]): boolean {
  const first = trials[0];
  return first !== undefined && bracketOf(first.number, shares) === bracket;
}
