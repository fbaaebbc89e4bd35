import type { Params } from '../../src/core/distribution.js';
import { makeRng } from '../../src/core/rng.js';
import type { Problem } from './problems.js';

/** Numbers of trials after which a search is measured. */
export const CHECKPOINTS = [25, 50, 100] as const;

/** An outlier is this, or up to twice as much. */
const OUTLIER = 1e6;

/** Evaluates a problem for a searcher and records its best values. */
export type Observer = {
  /** Returns the value for the searcher, with noise and outliers where the problem has some; null where the trial fails. */
  readonly evaluate: (params: Params) => number | null;
  /** Counts a trial that found nothing new to try. */
  readonly idle: () => void;
  /** Returns, at each checkpoint, the noise-free value of the trial that looked best until then. */
  best(): number[];
};

export function makeObserver(
  problem: Problem,
  seed: number,
  checkpoints: readonly number[] = CHECKPOINTS,
): Observer {
  const rng = makeRng(seed, 'noise');
  const outliers = makeRng(seed, 'outliers');
  let trials = 0;
  let told = Number.POSITIVE_INFINITY;
  let value = Number.POSITIVE_INFINITY;
  const best: number[] = [];
  const count = () => {
    trials++;
    if (checkpoints.includes(trials)) best.push(value);
  };
  const report = (truth: number) => {
    if (problem.outliers > 0 && outliers.float() < problem.outliers) return OUTLIER * (1 + outliers.float());
    return problem.noise === 0 ? truth : truth + problem.noise * rng.normal();
  };
  return {
    idle: count,
    evaluate(params) {
      const truth = problem.value(params);
      const seen = Number.isNaN(truth) ? null : report(truth);
      if (seen !== null && seen < told) [told, value] = [seen, truth];
      count();
      return seen;
    },
    best: () => best,
  };
}
