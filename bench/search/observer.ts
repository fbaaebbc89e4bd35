import type { Params } from '../../src/core/distribution.js';
import { makeRng } from '../../src/core/rng.js';
import type { Problem } from './problems.js';

/** Numbers of trials after which a search is measured. */
export const CHECKPOINTS = [25, 50, 100] as const;

/** Evaluates a problem for a searcher and records its best values. */
export type Observer = {
  /** Returns the value for the searcher, with noise where the problem has some. */
  readonly evaluate: (params: Params) => number;
  /** Counts a trial that found nothing new to try. */
  readonly idle: () => void;
  /** Returns, at each checkpoint, the noise-free value of the trial that looked best until then. */
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
