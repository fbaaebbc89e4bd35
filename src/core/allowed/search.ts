import type { Params, ParamValue } from '../distribution.js';
import { type ParamSpec, pointOf, type Resolved, roleOf } from '../space.js';
import {
  type Domain,
  has,
  isEmpty,
  movedInto,
  nearestIn,
  only,
  quantile,
  singleOf,
  split,
  without,
} from './domain.js';
import { beginning, type Effort, exactly, propagate, type State } from './narrow.js';
import type { Problem } from './problem.js';

/** Chooses a value; `left`: those that the values chosen before leave. A value outside of them becomes the nearest one. */
export type Pick = (spec: ParamSpec, left: Domain) => ParamValue;

/** Decisions of one search. A search of a space that leaves enough needs one for each parameter. */
const DECISIONS = 3_000;

/** What a search came to. `spent`: it was given up, so that nobody knows whether there is an allowed point. */
export type Found = { readonly point: Resolved } | { readonly point: null; readonly spent: boolean };

export type SearchOptions = {
  /** The places in the order in which they get their values; null: as in the problem. */
  readonly order?: readonly number[] | null;
  readonly decisions?: number;
  /** Values that stay, where their parameters are active. */
  readonly fixed?: Params;
};

/** What a decision needs; `left`: how many more may follow. */
export type Deciding = Effort & { readonly problem: Problem; readonly fixed: Params };

type Walk = Deciding & {
  readonly pick: Pick;
  /** The places in the order in which they get their values. */
  readonly order: readonly number[];
  /** Place -> the value on which others depend, and which the search tried first. */
  readonly wanted: (ParamValue | undefined)[];
};

/**
 * Returns an allowed point. First it settles what is active: each parameter that others depend on is narrowed to the values that mean
 * the same to them as the picked one. Then each parameter in turn gets the picked value, within what the rules leave after the values
 * before it. Where no value of the others goes with it, the rest of its values is halved again and again, the half nearest to it first.
 */
export function findPoint(
  problem: Problem,
  pick: Pick,
  { order = null, decisions = DECISIONS, fixed = {} }: SearchOptions = {},
): Found {
  const start = withFixed(problem, beginningOf(problem), fixed);
  if (start === null) return { point: null, spent: false };
  const walk: Walk = {
    problem,
    pick,
    fixed,
    order: order ?? problem.steps.map((_, at) => at),
    wanted: [],
    left: decisions,
  };
  const point = activate(walk, 0, start);
  return point ? { point } : { point: null, spent: walk.left <= 0 };
}

const beginnings = new WeakMap<Problem, { readonly state: State | null }>();

/** Returns what is known before any decision; null when nothing is allowed. */
export function beginningOf(problem: Problem): State | null {
  let known = beginnings.get(problem);
  if (!known) {
    known = { state: beginning(problem) };
    beginnings.set(problem, known);
  }
  return known.state;
}

/** Returns the state with these values alone; null when nothing is allowed with them. */
function withFixed(problem: Problem, before: State | null, fixed: Params): State | null {
  const names = Object.keys(fixed);
  if (before === null || names.length === 0) return before;
  const state = before.slice();
  const rules = new Set<number>();
  for (let at = 0; at < state.length; at++) {
    const known = state[at] as State[number];
    const { name } = stepOf(problem, at);
    if (typeof known === 'string' || !Object.hasOwn(fixed, name)) continue;
    if (!has(known, fixed[name] as ParamValue)) return null;
    state[at] = exactly(known, fixed[name] as ParamValue);
    for (const rule of problem.rulesOf[at] as readonly number[]) rules.add(rule);
  }
  return propagate(problem, state, [...rules]) ? state : null;
}

/** Settles which parameters are active, place by place of those that others depend on. */
function activate(walk: Walk, at: number, before: State): Resolved | null {
  const { problem } = walk;
  const isLast = at === problem.structural;
  const state = withRoles(walk, before, at, isLast ? problem.steps.length : at + 1);
  if (state === null) return null;
  if (isLast) return assign(walk, 0, state);
  const known = state[at] as Domain | 'absent';
  const { spec } = stepOf(problem, at);
  if (known === 'absent' || !spec || isForced(known)) return activate(walk, at + 1, state);
  const wanted = walk.pick(spec, known);
  for (let left = known; !isEmpty(left); ) {
    if (walk.left <= 0) return null;
    const value = nearestIn(left, wanted);
    const cell = cellOf(problem, at, left, value);
    const next = narrowed(walk, state, at, cell);
    walk.wanted[at] = value;
    const point = next && activate(walk, at + 1, next);
    if (point) return point;
    left = without(left, cell);
  }
  return null;
}

/** Returns the values that mean the same as this one to everything that depends on the parameter. */
function cellOf(problem: Problem, at: number, left: Domain, value: ParamValue): Domain {
  let cell = left;
  for (const region of problem.regionsOf[at] as readonly Domain[]) {
    const outside = without(cell, region);
    cell = has(region, value) ? without(cell, outside) : outside;
  }
  return cell;
}

/** Gives each parameter its value. */
function assign(walk: Walk, k: number, state: State): Resolved | null {
  const { problem, order } = walk;
  if (walk.left <= 0) return null;
  const at = order[k];
  if (at === undefined) return whole(problem, state);
  const known = state[at] as Domain | 'absent';
  const { spec } = stepOf(problem, at);
  if (known === 'absent' || !spec || isForced(known)) return assign(walk, k + 1, state);
  return choose(walk, k, state, walk.wanted[at] ?? walk.pick(spec, known));
}

function choose(walk: Walk, k: number, state: State, wanted: ParamValue): Resolved | null {
  const at = walk.order[k] as number;
  const left = state[at] as Domain;
  const value = movedInto(left, wanted);
  const found = narrowed(walk, state, at, exactly(left, value));
  const point = found && assign(walk, k + 1, found);
  if (point || singleOf(left) !== undefined) return point;
  for (const piece of split(left, value)) {
    if (walk.left <= 0) return null;
    const inPiece = narrowed(walk, state, at, piece);
    const again = inPiece && choose(walk, k, inPiece, quantile(inPiece[at] as Domain, 0.5));
    if (again) return again;
  }
  return null;
}

const stepOf = ({ steps }: Problem, at: number) => steps[at] as Problem['steps'][number];

/** A forced value has no distribution. */
export function isForced(known: Domain): boolean {
  return known.kind === 'choices' && known.d === null;
}

/** Returns the state after one decision; null when nothing is allowed with it. */
export function narrowed(walk: Deciding, state: State, at: number, to: Domain): State | null {
  walk.left--;
  const rules = walk.problem.rulesOf[at] as readonly number[];
  if (rules.length === 0) {
    const next = state.slice();
    next[at] = to;
    return next;
  }
  const next = state.slice();
  next[at] = to;
  return propagate(walk.problem, next, rules, walk) ? next : null;
}

/** Settles whether the steps of a range are active, now that all that they depend on is known. */
export function withRoles(deciding: Deciding, before: State, from: number, to: number): State | null {
  const { problem, fixed } = deciding;
  let state: State | null = null;
  let values: Params | null = null;
  const changed = new Set<number>();
  for (let at = from; at < to; at++) {
    if ((state ?? before)[at] !== 'open') continue;
    state ??= before.slice();
    values ??= someValues(problem, before, problem.structural);
    const role = roleOf(stepOf(problem, at), values);
    if (role === 'inactive') state[at] = 'absent';
    else if ('forced' in role) state[at] = only(role.forced);
    else state[at] = fixedOf(problem.domains[at] as Domain, fixed, role.active.name);
    for (const rule of problem.rulesOf[at] as readonly number[]) changed.add(rule);
  }
  if (state === null) return before;
  return propagate(problem, state, [...changed], deciding) ? state : null;
}

function fixedOf(domain: Domain, fixed: Params, name: string): Domain {
  const value = Object.hasOwn(fixed, name) ? fixed[name] : undefined;
  return value === undefined || !has(domain, value) ? domain : exactly(domain, value);
}

/** Returns a value of each of the first places that has one: any of those that are left, since all mean the same. */
function someValues(problem: Problem, state: State, count: number): Record<string, ParamValue> {
  const values: Record<string, ParamValue> = {};
  for (let at = 0; at < count; at++) {
    const known = state[at] as State[number];
    if (typeof known !== 'string') values[stepOf(problem, at).name] = quantile(known, 0.5);
  }
  return values;
}

/** Returns the point of a state in which everything is decided; null where rounding has let it slip outside. */
export function whole(problem: Problem, state: State): Resolved | null {
  const values = someValues(problem, state, problem.steps.length);
  const forced = new Set<string>();
  for (let at = 0; at < state.length; at++) {
    const known = state[at] as State[number];
    if (typeof known !== 'string' && isForced(known)) forced.add(stepOf(problem, at).name);
  }
  const point = pointOf(problem.space, values, forced);
  return point.forbidden ? null : point;
}
