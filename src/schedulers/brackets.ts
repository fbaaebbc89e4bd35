import type { ConfigView } from '../core/study-view.js';
import { repeatedProduct } from '../pruners/asha.js';
import { bracketOf } from '../pruners/hyperband.js';

/**
 * Returns how many configurations each bracket of Hyperband gets in a round (Li et al., JMLR 18, 2018, algorithm 1): bracket b
 * begins at rung b, and gets ceil(n / (s + 1) * factor^s) configurations, s = n - 1 - b, of n brackets.
 */
export function sharesOf(brackets: number, reductionFactor: number): readonly number[] {
  return Array.from({ length: brackets }, (_, bracket) => {
    const s = brackets - 1 - bracket;
    return Math.ceil((brackets * repeatedProduct(reductionFactor, s)) / (s + 1));
  });
}

/** Returns the bracket of a configuration from the number of its first trial. */
export { bracketOf };

/** Returns the configurations of a bracket. Those without a trial are in none. */
export function inBracket(
  configs: readonly ConfigView[],
  bracket: number,
  shares: readonly number[],
): readonly ConfigView[] {
  return configs.filter(({ trials }) => {
    const [first] = trials;
    return first !== undefined && bracketOf(first.number, shares) === bracket;
  });
}
