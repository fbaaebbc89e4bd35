import { holds, roundingOf } from '../constraint.js';
import type { ParamValue } from '../distribution.js';
import {
  between,
  type Domain,
  except,
  has,
  hull,
  isEmpty,
  isNumeric,
  isWithin,
  nearestIn,
  only,
  overlaps,
  singleOf,
  without,
} from './domain.js';
import type { Atom, Problem, Rule } from './problem.js';

/** What is known of a parameter: not yet whether it is active, no value, or the values that are left. */
export type Known = 'open' | 'absent' | Domain;

/** Place -> what is known. Mutable: a search copies it before each decision. */
export type State = Known[];

/** Of an interval: a bound that moves less than this part of it is not followed up. */
const LEAST_MOVE = 1e-3;
/** Nor is one that moves less than this part of the whole range: where little is left, the values themselves decide. */
const LEAST_SHARE = 1e-9;
/** Looks at each rule, on average, after one decision, so that bounds that creep towards each other end. */
const MOST_LOOKS = 20;
/** Looks at each rule that one decision pays for; more of them count as further decisions. */
const PAID_LOOKS = 2;

/** Returns what is known before any decision; null when nothing is allowed. */
export function beginning(problem: Problem): State | null {
  const state = problem.domains.map((domain, at): Known => (problem.always[at] && domain ? domain : 'open'));
  return propagate(
    problem,
    state,
    problem.rules.map((_, k) => k),
  )
    ? state
    : null;
}

/** What a search may still spend, in decisions. */
export type Effort = { left: number };

/** Narrows the domains by these rules, and by those that follow, until nothing changes. Returns false when nothing is allowed. */
export function propagate(
  problem: Problem,
  state: State,
  rules: readonly number[],
  effort: Effort | null = null,
): boolean {
  const each = PAID_LOOKS * (problem.rules.length + 1);
  const queue = [...rules];
  const queued = new Set(queue);
  const most = MOST_LOOKS * (problem.rules.length + 1);
  for (let looks = 0; looks < most; looks++) {
    const k = queue.shift();
    if (k === undefined) return true;
    queued.delete(k);
    if (effort && looks > 0 && looks % each === 0) effort.left--;
    const rule = problem.rules[k] as Rule;
    // A total with both limits may follow from itself.
    const isRepeated = rule.kind !== 'clause' && Number.isFinite(rule.min) && Number.isFinite(rule.max);
    const narrow = (at: number, to: Domain): boolean => {
      const before = state[at] as Domain;
      if (to === before) return true;
      state[at] = to;
      if (isEmpty(to)) return false;
      if (!hasMoved(before, to)) return true;
      for (const next of problem.rulesOf[at] as readonly number[]) {
        if (queued.has(next) || (next === k && !isRepeated)) continue;
        queue.push(next);
        queued.add(next);
      }
      return true;
    };
    const isAllowed =
      rule.kind === 'clause' ? narrowClause(state, rule.atoms, narrow) : narrowTotal(state, rule, narrow);
    if (!isAllowed) return false;
  }
  return true;
}

type Narrow = (at: number, to: Domain) => boolean;

function hasMoved(before: Domain, now: Domain): boolean {
  if (now.kind === 'choices' || now.d.step !== null || singleOf(now) !== undefined) return true;
  const [a, b] = hull(before);
  const [c, d] = hull(now);
  const moved = b - a - (d - c);
  return moved > LEAST_MOVE * (b - a) && moved > LEAST_SHARE * (now.d.log ? b : now.d.high - now.d.low);
}

/** Not all atoms may hold: where only one is open, it must not. */
function narrowClause(state: State, atoms: readonly Atom[], narrow: Narrow): boolean {
  let open: Atom | null = null;
  for (const atom of atoms) {
    const is = truthOf(state, atom);
    if (is === false) return true;
    if (is === true) continue;
    if (open !== null) return true;
    open = atom;
  }
  return open === null ? false : refute(state, open, narrow);
}

/** Whether an atom holds for all values that are left (true), for none (false), or for some. */
function truthOf(state: State, atom: Atom): boolean | 'some' {
  const a = state[atom.at] as Known;
  if (a === 'absent') return false;
  if (atom.kind === 'in') return a === 'open' ? 'some' : isIn(a, atom);
  const b = state[atom.other] as Known;
  if (b === 'absent') return false;
  if (a === 'open' || b === 'open') return 'some';
  return compare(a, b, atom.kind);
}

function isIn(a: Domain, { region, test }: Extract<Atom, { kind: 'in' }>): boolean | 'some' {
  const single = singleOf(a);
  if (single !== undefined || region === null) return holds({ x: test }, { x: single ?? null });
  if (!overlaps(a, region)) return false;
  return isWithin(a, region) ? true : 'some';
}

function compare(a: Domain, b: Domain, kind: 'lt' | 'le' | 'eq' | 'ne'): boolean | 'some' {
  const [x, y] = [singleOf(a), singleOf(b)];
  if (kind === 'eq' || kind === 'ne') {
    if (x !== undefined && y !== undefined) return (x === y) === (kind === 'eq');
    return shareNothing(a, b) ? kind === 'ne' : 'some';
  }
  if (x !== undefined && y !== undefined)
    return typeof x === 'number' && typeof y === 'number' && (kind === 'lt' ? x < y : x <= y);
  if (!isNumeric(a) || !isNumeric(b)) return 'some';
  const [al, ah] = hull(a);
  const [bl, bh] = hull(b);
  if (kind === 'lt') return ah < bl ? true : al >= bh ? false : 'some';
  return ah <= bl ? true : al > bh ? false : 'some';
}

function shareNothing(a: Domain, b: Domain): boolean {
  if (a.kind === 'choices') return a.choices.every((choice) => !has(b, choice));
  if (b.kind === 'choices') return b.choices.every((choice) => !has(a, choice));
  const [al, ah] = hull(a);
  const [bl, bh] = hull(b);
  return ah < bl || al > bh;
}

/** Removes the values for which an atom holds in any case. */
function refute(state: State, atom: Atom, narrow: Narrow): boolean {
  const a = state[atom.at] as Known;
  if (typeof a === 'string') return true;
  if (atom.kind === 'in') return atom.region ? narrow(atom.at, without(a, atom.region)) : true;
  const b = state[atom.other] as Known;
  if (typeof b === 'string') return true;
  const put = (x: Domain, y: Domain) => narrow(atom.at, x) && narrow(atom.other, y);
  const [x, y] = [singleOf(a), singleOf(b)];
  if (atom.kind === 'eq') {
    if (x !== undefined) return narrow(atom.other, except(b, x));
    return y === undefined || narrow(atom.at, except(a, y));
  }
  if (atom.kind === 'ne') {
    if (y !== undefined) return has(a, y) && narrow(atom.at, exactly(a, y));
    if (x !== undefined) return has(b, x) && narrow(atom.other, exactly(b, x));
  }
  if (!isNumeric(a) || !isNumeric(b)) return true;
  const [al, ah] = hull(a);
  const [bl, bh] = hull(b);
  if (atom.kind === 'ne') return put(between(a, bl, bh), between(b, al, ah));
  // a < b must not hold, so a >= b; for le: a > b.
  const isOpen = atom.kind === 'le';
  return put(
    between(a, bl, Number.POSITIVE_INFINITY, { openLow: isOpen }),
    between(b, Number.NEGATIVE_INFINITY, ah, { openHigh: isOpen }),
  );
}

/** Returns the domain with one of its values alone. */
export function exactly(domain: Domain, value: ParamValue): Domain {
  if (domain.kind === 'choices') return { ...domain, choices: [value] };
  return typeof value === 'number' ? { ...domain, parts: [[value, value]] } : only(value);
}

type Total = Extract<Rule, { kind: 'sum' | 'product' }>;

/** The bounds of what each part of a total contributes. */
function bounds({ places, kind }: Total, state: State) {
  return places.map((at): readonly [number, number] => {
    const known = state[at] as Known;
    const neutral = kind === 'sum' ? 0 : 1;
    if (known === 'absent') return [neutral, neutral];
    // Nobody knows what a constraint may force there.
    if (known === 'open') return [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
    return isNumeric(known) ? hull(known) : [neutral, neutral];
  });
}

function narrowTotal(state: State, rule: Total, narrow: Narrow): boolean {
  const ends = bounds(rule, state);
  if (rule.places.every((at) => state[at] === 'absent')) return true;
  const total = rule.kind === 'sum' ? sumOf(ends, -1) : productOf(ends, -1);
  const size = ends.reduce((sum, [low, high]) => sum + Math.max(Math.abs(low), Math.abs(high)), 0);
  const scale = rule.kind === 'sum' ? size : Math.max(Math.abs(total[0]), Math.abs(total[1]));
  if (total[0] > rule.max + slackOf(rule.max, scale) || total[1] < rule.min - slackOf(rule.min, scale))
    return false;
  for (let k = 0; k < rule.places.length; k++) {
    const at = rule.places[k] as number;
    const known = state[at] as Known;
    if (typeof known === 'string' || singleOf(known) !== undefined || !isNumeric(known)) continue;
    const [low, high] = rule.kind === 'sum' ? restOfSum(rule, ends, k, total) : restOfProduct(rule, ends, k);
    const [from, to] = ends[k] as readonly [number, number];
    if (from >= low && to <= high) continue;
    if (!narrow(at, within(known, low, high))) return false;
  }
  return true;
}

const slackOf = (limit: number, size: number) => (Number.isFinite(limit) ? roundingOf(limit, size) : 0);

/** Returns the numbers within both bounds. Bounds that rounding alone has parted leave the nearest value. */
function within(domain: Domain, low: number, high: number): Domain {
  const sizeOf = (x: number) => (Number.isFinite(x) ? Math.abs(x) : 0);
  const slack = 1e-10 * Math.max(sizeOf(low), sizeOf(high));
  if (domain.kind === 'choices') return between(domain, low - slack, high + slack);
  // A whole number of 1e8 is a value, however the bound was rounded.
  const error = domain.d.step === null ? 0 : 16 * Number.EPSILON * Math.max(sizeOf(low), sizeOf(high));
  const found = between(domain, low - error, high + error, { isRounded: true });
  if (!isEmpty(found)) return found;
  const near = nearestIn(domain, (low + high) / 2) as number;
  return near >= low - slack && near <= high + slack ? exactly(domain, near) : found;
}

/** Returns the interval of the sum of all parts but one. */
function sumOf(ends: readonly (readonly [number, number])[], without_: number): readonly [number, number] {
  let [low, high] = [0, 0];
  for (let k = 0; k < ends.length; k++) {
    if (k === without_) continue;
    low += (ends[k] as readonly [number, number])[0];
    high += (ends[k] as readonly [number, number])[1];
  }
  return [low, high];
}

function productOf(
  ends: readonly (readonly [number, number])[],
  without_: number,
): readonly [number, number] {
  let [low, high] = [1, 1];
  for (let k = 0; k < ends.length; k++) {
    if (k === without_) continue;
    const [a, b] = ends[k] as readonly [number, number];
    // 0 times infinity: an open part that may be anything, times nothing.
    const all = [low * a, low * b, high * a, high * b].map((x) => (Number.isNaN(x) ? 0 : x));
    [low, high] = [Math.min(...all), Math.max(...all)];
  }
  return [low, high];
}

/** A few units of the last digit less, so that the sum keeps the limit in any order of its parts. */
function inward(bound: number, scale: number, towards: -1 | 1): number {
  return Number.isFinite(scale) ? bound + towards * 4 * Number.EPSILON * scale : bound;
}

function restOfSum(
  { min, max }: Total,
  ends: readonly (readonly [number, number])[],
  k: number,
  total: readonly [number, number],
) {
  const [from, to] = ends[k] as readonly [number, number];
  // Infinity less infinity is no rest.
  const isBounded = Number.isFinite(total[0]) && Number.isFinite(total[1]);
  const [low, high] = isBounded ? [total[0] - from, total[1] - to] : sumOf(ends, k);
  return [
    Number.isFinite(min) ? inward(min - high, Math.abs(min) + Math.abs(total[1]) + Math.abs(to), 1) : min,
    Number.isFinite(max) ? inward(max - low, Math.abs(max) + Math.abs(total[0]) + Math.abs(from), -1) : max,
  ] as const;
}

/** Bounds of one factor. Where signs are mixed, only a known rest gives any. */
function restOfProduct({ min, max }: Total, ends: readonly (readonly [number, number])[], k: number) {
  const [low, high] = productOf(ends, k);
  const all = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY] as const;
  const divide = (limit: number, by: number, towards: -1 | 1) =>
    Number.isFinite(limit) ? inward(limit / by, Math.abs(limit / by), towards) : limit * Math.sign(by);
  if (low === high && low !== 0) {
    const [a, b] = low > 0 ? [min, max] : [max, min];
    return [divide(a, low, 1), divide(b, low, -1)] as const;
  }
  const [from] = ends[k] as readonly [number, number];
  if (low < 0 || from < 0) return all;
  return [
    min > 0 && high > 0 && Number.isFinite(high) ? divide(min, high, 1) : all[0],
    max >= 0 && Number.isFinite(max) && low > 0 ? divide(max, low, -1) : all[1],
  ] as const;
}
