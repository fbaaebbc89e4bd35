import type { ParamValue } from '../distribution.js';
import type { Rng } from '../rng.js';
import type { Resolved } from '../space.js';
import { domainOf, only, quantile } from './domain.js';
import { exactly, propagate, type State } from './narrow.js';
import type { Problem } from './problem.js';
import { whole } from './search.js';

/** Rounds in which every parameter of a rule is drawn again. */
const ROUNDS = 3;

/**
 * Returns a point after each of its parameters was drawn again from what the rules leave between the values of all others (Gibbs
 * sampling: Geman and Geman, 1984). Values drawn one after the other favor the first; these rounds move them towards the uniform
 * distribution over all that is allowed.
 */
export function resample(problem: Problem, point: Resolved, rng: Rng): Resolved {
  const { steps, rulesOf, structural } = problem;
  const state = stateOf(problem, point);
  const drawn = steps.flatMap(({ name, spec }, at) =>
    at >= structural &&
    spec &&
    Object.hasOwn(point.params, name) &&
    (rulesOf[at] as readonly number[]).length > 0
      ? [{ at, spec }]
      : [],
  );
  for (let round = 0; round < ROUNDS; round++) {
    for (const { at, spec } of drawn) {
      const next = state.slice();
      next[at] = domainOf(spec.distribution);
      if (!propagate(problem, next, rulesOf[at] as readonly number[])) continue;
      const left = next[at];
      if (left === undefined || typeof left === 'string') continue;
      state[at] = exactly(left, quantile(left, rng.float()));
    }
  }
  return whole(problem, state) ?? point;
}

function stateOf({ steps }: Problem, { params, forced }: Resolved): State {
  return steps.map(({ name, spec }) => {
    if (Object.hasOwn(forced, name)) return only(forced[name] as ParamValue);
    if (!spec || !Object.hasOwn(params, name)) return 'absent';
    return exactly(domainOf(spec.distribution), params[name] as ParamValue);
  });
}
