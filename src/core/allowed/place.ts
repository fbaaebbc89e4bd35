import type { Params, ParamValue } from '../distribution.js';
import { drawUniform } from '../draw.js';
import { usageError } from '../errors.js';
import { makeRng, type Rng, shuffled } from '../rng.js';
import { makeSpace, type ParamSpec, type Resolved, resolve, type Space } from '../space.js';
import { quantile } from './domain.js';
import { type Problem, problemOf } from './problem.js';
import { resample } from './resample.js';
import { findPoint } from './search.js';

/** Decisions of the first search of a space, which must find a point or show that there is none. */
const FIRST_DECISIONS = 20_000;
/** Searches from random values where that was not enough. */
const FIRST_TRIES = 20;

/** Whether constraints exclude any point of the space. */
export function isRestricted(space: Space): boolean {
  return problemOf(space) !== null;
}

type Choose = (spec: ParamSpec) => ParamValue;

/**
 * Returns the point that the values make, as `resolve` does. Where a rule forbids it, the values move to the nearest that the rules
 * leave, one parameter after the other. The same values give the same point. `fixed`: values that stay; the point is forbidden where
 * nothing is allowed with them.
 */
export function settle(space: Space, choose: Choose, fixed: Params = {}): Resolved {
  const wish = resolve(space, (spec) =>
    Object.hasOwn(fixed, spec.name) ? (fixed[spec.name] as ParamValue) : choose(spec),
  );
  const problem = wish.forbidden ? problemOf(space) : null;
  if (problem === null) return wish;
  const chosen = new Map<string, ParamValue>(Object.entries(wish.params));
  const pick = (spec: ParamSpec) => {
    // Active in the allowed point alone.
    if (!chosen.has(spec.name)) chosen.set(spec.name, choose(spec));
    return chosen.get(spec.name) as ParamValue;
  };
  const { point } = findPoint(problem, pick, { fixed });
  if (Object.keys(fixed).length > 0) return point ?? wish;
  return point ?? witness(space) ?? wish;
}

/**
 * Returns an allowed point drawn at random; without rules uniformly, parameter by parameter. With rules each value is drawn from what
 * they leave after those before it, and then again from what they leave between all others, so that no parameter is favored.
 */
export function drawAllowed(space: Space, rng: Rng): Resolved {
  const problem = problemOf(space);
  if (problem === null) return resolve(space, ({ distribution }) => drawUniform(distribution, rng));
  const order = shuffled(problem.steps.length, rng);
  const { point } = findPoint(problem, (_, left) => quantile(left, rng.float()), { order });
  return point ? resample(problem, point, rng) : (witness(space) ?? drawBlindly(space, rng));
}

/** Returns the allowed point in which each parameter lies at a quantile of what the values before it leave. */
export function pointAt(space: Space, quantileOf: (spec: ParamSpec) => number): Resolved {
  const problem = problemOf(space);
  const wish = () => resolve(space, (spec) => drawUniform(spec.distribution, atQuantile(quantileOf(spec))));
  if (problem === null) return wish();
  const { point } = findPoint(problem, (spec, left) => quantile(left, quantileOf(spec)));
  return point ?? witness(space) ?? wish();
}

/** Returns a generator that always returns the quantile u, for a single uniform draw. */
export function atQuantile(u: number): Rng {
  return { float: () => u, int: (n) => Math.min(n - 1, Math.floor(u * n)), normal: () => 0 };
}

function drawBlindly(space: Space, rng: Rng): Resolved {
  return resolve(space, ({ distribution }) => drawUniform(distribution, rng));
}

/** Whether an allowed point has these values. */
export function canComplete(space: Space, fixed: Params): boolean {
  return !settle(space, middle, fixed).forbidden;
}

type Witness = { readonly point: Resolved | null; readonly sure: boolean };
const witnesses = new WeakMap<Space, Witness>();

/** Returns a point that every rule allows; null when none was found. */
export function witness(space: Space): Resolved | null {
  return witnessOf(space).point;
}

function witnessOf(space: Space): Witness {
  let known = witnesses.get(space);
  if (!known) {
    const problem = problemOf(space);
    known = problem ? search(problem) : { point: resolve(space, middle), sure: true };
    witnesses.set(space, known);
  }
  return known;
}

const middle = ({ distribution }: ParamSpec) => drawUniform(distribution, atQuantile(0.5));

function search(problem: Problem): Witness {
  const first = findPoint(problem, (_, left) => quantile(left, 0.5), { decisions: FIRST_DECISIONS });
  if (first.point || !first.spent) return { point: first.point, sure: true };
  for (let k = 0; k < FIRST_TRIES; k++) {
    const rng = makeRng(k, 'allowed');
    const { point } = findPoint(problem, (_, left) => quantile(left, rng.float()));
    if (point) return { point, sure: true };
  }
  return { point: null, sure: false };
}

/** What keeps a space from having any allowed point: the index of the constraint that excludes the last ones. */
export type Infeasible = { readonly index: number; readonly sure: boolean };

/** Returns why no point of a space is allowed; null when there is one. */
export function findInfeasible(space: Space): Infeasible | null {
  const { point, sure } = witnessOf(space);
  if (point) return null;
  const { params, constraints } = space;
  const last = constraints.findLastIndex(({ kind }) => kind !== 'set');
  const index = constraints.findIndex(
    (c, k) =>
      c.kind !== 'set' &&
      k < last &&
      witness(
        makeSpace(
          params,
          constraints.filter((one, j) => j <= k || one.kind === 'set'),
        ),
      ) === null,
  );
  return { index: index < 0 ? Math.max(0, last) : index, sure };
}

/** @throws HpoError space.infeasible (usage) when the constraints allow no point. */
export function assertFeasible(space: Space): void {
  const found = findInfeasible(space);
  if (!found) return;
  const which = JSON.stringify(space.constraints[found.index]);
  throw usageError('space.infeasible', `${infeasibleText(found)}: ${which}`, {
    fix: 'loosen a constraint, or widen a range',
  });
}

/** Returns the words for a space without any allowed point. */
export function infeasibleText({ sure }: Infeasible): string {
  const what = sure
    ? 'no configuration keeps this one'
    : 'a long search found no configuration that keeps this one';
  return `expected constraints that can be kept together, but ${what} and those before it`;
}
