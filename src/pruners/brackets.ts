import type { ConfigView, StudyView } from '../core/study-view.js';
import type { TrialView } from '../core/trial.js';
import { repeatedProduct } from './asha.js';

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

/** Returns the number of the first trial of a trial's configuration. */
export function firstNumber(trial: TrialView, view: StudyView): number {
  const own = view.configs.find(({ trials }) => trials.some(({ number }) => number === trial.number));
  return own?.trials[0]?.number ?? trial.number;
}
