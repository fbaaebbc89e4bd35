import { upperTail } from '../../core/normal.js';

/** What is believed of a trial's value at the full budget, lower is better. */
export type Belief = {
  readonly mean: number;
  readonly deviation: number;
  /** Index of the last rung that it has reached; -1 for a new configuration. */
  readonly reached: number;
};

/** The stages of a trial: what each costs, and how much of the uncertainty is left after it. */
export type Stages = {
  /** Steps from one rung to the next; the first from nothing. */
  readonly costs: readonly number[];
  /** Share of the variance that is left at each rung; 0 at the last. */
  readonly left: readonly number[];
};

/** Abscissas and weights of Gauss and Hermite for a standard normal variable. */
const NODES = [-2.85697, -1.355626, 0, 1.355626, 2.85697];
const WEIGHTS = [0.0112574, 0.2220759, 0.5333333, 0.2220759, 0.0112574];

/** Returns the expected amount by which a normal variable lies below a limit. */
export function expectedImprovement(mean: number, deviation: number, limit: number): number {
  const gap = limit - mean;
  if (!(deviation > 1e-12)) return Math.max(0, gap);
  const z = gap / deviation;
  const density = Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI);
  return Math.max(0, gap * upperTail(-z) + deviation * density);
}

/**
 * Returns the expected improvement on the best value less the price of the steps, if a trial is trained to its next rung and from
 * there on only as far as that is worth it: a stopping problem, by recursion over the rungs.
 */
export function worthOf(belief: Belief, stages: Stages, best: number, price: number): number {
  const { mean, deviation, reached } = belief;
  const next = reached + 1;
  const cost = price * (stages.costs[next] as number);
  if (next === stages.costs.length - 1) return expectedImprovement(mean, deviation, best) - cost;
  const before = reached < 0 ? 1 : (stages.left[reached] as number);
  const share = before > 0 ? Math.min(1, (stages.left[next] as number) / before) : 0;
  const moved = deviation * Math.sqrt(1 - share);
  const rest = deviation * Math.sqrt(share);
  let value = -cost;
  for (let k = 0; k < NODES.length; k++) {
    const then = { mean: mean + moved * (NODES[k] as number), deviation: rest, reached: next };
    value += (WEIGHTS[k] as number) * Math.max(0, worthOf(then, stages, best, price));
  }
  return value;
}
