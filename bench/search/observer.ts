import type { Params } from '../../src/core/distribution.js';
import { makeRng } from '../../src/core/rng.js';
import type { Problem } from './problems.js';

/** After how many trials a search is judged. */
export const CHECKPOINTS = [25, 50, 100] as const;

/** Stands between a problem and whoever searches it. */
export type Observer = {
  /** What the searcher is told: the value, with noise where the problem has some. */
  readonly evaluate: (params: Params) => number;
  /** A trial that found nothing new to try. */
  readonly idle: () => void;
  /** At each checkpoint the value, without noise, of the trial that looked best until then. */
  best(): number[];
};

export function makeObserver(problem: Problem, seed: number): Observer {
  const rng = makeRng(seed, 'noise');
  let trials = 0;
  let told = Number.POSITIVE_INFINITY;
  let value = Number.POSITIVE_INFINITY;
  const best: number[] = [];
  const count = () => {
    trials++;
    if ((CHECKPOINTS as readonly number[]).includes(trials)) best.push(value);
  };
  return {
    idle: count,
    evaluate(params) {
      const truth = problem.value(params);
      const seen = problem.noise === 0 ? truth : truth + problem.noise * rng.normal();
      if (seen < told) [told, value] = [seen, truth];
      count();
      return seen;
    },
    best: () => best,
  };
}
