import { cardinality, nearest, type ParamValue } from '../distribution.js';
import type { Resolved, Space } from '../space.js';
import { countOf, type Domain } from './domain.js';
import { exactly, type State } from './narrow.js';
import { problemOf } from './problem.js';
import { beginningOf, type Deciding, isForced, narrowed, whole, withRoles } from './search.js';

/** Decisions after which a list is given up. */
const DECISIONS = 50_000;

const lists = new WeakMap<Space, { readonly most: number; readonly points: readonly Resolved[] | null }>();

/**
 * Returns all points that the rules of a finite space allow; null when there are more than `most`, or a list would take long. A
 * space may have many points and rules that allow few.
 */
export function listAllowed(space: Space, most: number): readonly Resolved[] | null {
  let known = lists.get(space);
  if (known?.most !== most) {
    known = { most, points: list(space, most) };
    lists.set(space, known);
  }
  return known.points;
}

function list(space: Space, most: number): readonly Resolved[] | null {
  const problem = problemOf(space);
  const isListed = space.params.every(({ distribution }) => Number.isFinite(cardinality(distribution)));
  const start = problem && isListed ? beginningOf(problem) : null;
  if (!problem || !isListed) return null;
  const { structural, steps } = problem;
  const walk: Deciding = { problem, fixed: {}, left: DECISIONS };
  const points: Resolved[] = [];
  // Returns false when there are too many.
  const visit = (at: number, before: State): boolean => {
    const to = at === structural ? steps.length : at + 1;
    const state = at <= structural ? withRoles(walk, before, at, to) : before;
    if (state === null) return true;
    if (at === steps.length) {
      const point = whole(problem, state);
      if (point) points.push(point);
      return points.length <= most;
    }
    const known = state[at] as Domain | 'absent';
    if (known === 'absent' || isForced(known)) return visit(at + 1, state);
    if (walk.left <= 0 || countOf(known) > most) return false;
    return valuesOf(known).every((value) => {
      const next = narrowed(walk, state, at, exactly(known, value));
      return next === null || visit(at + 1, next);
    });
  };
  return start === null || visit(0, start) ? points : null;
}

function valuesOf(domain: Domain): readonly ParamValue[] {
  if (domain.kind === 'choices') return domain.choices;
  const { d } = domain;
  const step = d.step ?? 1;
  return domain.parts.flatMap(([low, high]) =>
    Array.from({ length: Math.round((high - low) / step) + 1 }, (_, k) => nearest(d, low + k * step)),
  );
}
