import {
  type CategoricalDistribution,
  cardinality,
  contains,
  type Distribution,
  inOrder,
  nearest,
  type ParamValue,
} from '../distribution.js';
import { ceilTo, floorTo, type Numeric } from './lattice.js';

type Part = readonly [low: number, high: number];

/** The values that constraints leave of a distribution. `parts`: ascending, disjoint, and their ends are values. */
export type Domain =
  | { readonly kind: 'numbers'; readonly d: Numeric; readonly parts: readonly Part[] }
  | {
      readonly kind: 'choices';
      readonly d: CategoricalDistribution | null;
      readonly choices: readonly ParamValue[];
    };

/** Returns all values of a distribution. */
export function domainOf(d: Distribution): Domain {
  return d.kind === 'categorical'
    ? { kind: 'choices', d, choices: d.choices }
    : { kind: 'numbers', d, parts: [[d.low, d.high]] };
}

/** Returns one value, which needs no distribution: a constraint may force any. */
export function only(value: ParamValue): Domain {
  return { kind: 'choices', d: null, choices: [value] };
}

export function isEmpty(domain: Domain): boolean {
  return (domain.kind === 'choices' ? domain.choices : domain.parts).length === 0;
}

/** Returns the only value; undefined where there are several or none. */
export function singleOf(domain: Domain): ParamValue | undefined {
  if (domain.kind === 'choices') return domain.choices.length === 1 ? domain.choices[0] : undefined;
  const [first] = domain.parts;
  return domain.parts.length === 1 && first && first[0] === first[1] ? first[0] : undefined;
}

/** Whether all values are numbers. */
export function isNumeric(domain: Domain): boolean {
  return domain.kind === 'numbers' || domain.choices.every((choice) => typeof choice === 'number');
}

/** Returns the lowest and the highest number. Numeric domains only, not empty. */
export function hull(domain: Domain): Part {
  if (domain.kind === 'numbers') {
    const first = domain.parts[0] as Part;
    return domain.parts.length === 1 ? first : [first[0], (domain.parts[domain.parts.length - 1] as Part)[1]];
  }
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const choice of domain.choices as readonly number[]) {
    if (choice < low) low = choice;
    if (choice > high) high = choice;
  }
  return [low, high];
}

export function has(domain: Domain, value: ParamValue): boolean {
  if (domain.kind === 'choices') return domain.choices.includes(value);
  if (typeof value !== 'number' || !contains(domain.d, value)) return false;
  return domain.parts.some(([low, high]) => low <= value && value <= high);
}

/** Returns the values that a function keeps; of numbers only for single ones. */
export function filtered(domain: Domain, keep: (value: ParamValue) => boolean): Domain {
  if (domain.kind === 'choices') {
    const choices = domain.choices.filter(keep);
    return choices.length === domain.choices.length ? domain : { ...domain, choices };
  }
  const parts = domain.parts.filter(([low, high]) => low !== high || keep(low));
  return parts.length === domain.parts.length ? domain : { ...domain, parts };
}

/** Whether an end of an interval is left out. `isRounded`: it was computed, so that a billionth of a step is tolerated. */
export type Ends = { readonly openLow?: boolean; readonly openHigh?: boolean; readonly isRounded?: boolean };

/** Returns the values between two numbers, both included unless an end is open. The same object where that is all. */
export function between(domain: Domain, low: number, high: number, ends: Ends = {}): Domain {
  if (domain.kind === 'choices') {
    return filtered(
      domain,
      (v) =>
        typeof v === 'number' &&
        (ends.openLow ? v > low : v >= low) &&
        (ends.openHigh ? v < high : v <= high),
    );
  }
  const [from, to] = hull(domain);
  const isBelow = ends.openLow ? low < from : low <= from;
  const isAbove = ends.openHigh ? high > to : high >= to;
  if (isBelow && isAbove) return domain;
  const { isRounded = false } = ends;
  const least = isBelow ? from : ceilTo(domain.d, low, { isOpen: ends.openLow ?? false, isRounded });
  const most = isAbove ? to : floorTo(domain.d, high, { isOpen: ends.openHigh ?? false, isRounded });
  if (least <= from && most >= to) return domain;
  const parts: Part[] = [];
  for (const [a, b] of domain.parts) {
    const l = Math.max(a, least);
    const h = Math.min(b, most);
    if (l <= h) parts.push([l, h]);
  }
  return { kind: 'numbers', d: domain.d, parts };
}

/** Returns the values that another domain of the same distribution does not have. */
export function without(domain: Domain, other: Domain): Domain {
  if (domain.kind === 'choices')
    return other.kind === 'choices' ? filtered(domain, (v) => !other.choices.includes(v)) : domain;
  if (other.kind === 'choices') return other.choices.reduce<Domain>(without1, domain);
  let left: Domain = domain;
  for (const [low, high] of other.parts) left = cut(left, low, high);
  return left;
}

const without1 = (domain: Domain, value: ParamValue): Domain => {
  if (domain.kind === 'choices') return filtered(domain, (v) => v !== value);
  return typeof value === 'number' && has(domain, value) ? cut(domain, value, value) : domain;
};

/** Returns the values except one. */
export const except: (domain: Domain, value: ParamValue) => Domain = without1;

function cut(domain: Domain, low: number, high: number): Domain {
  if (domain.kind === 'choices') return domain;
  if (isEmpty(domain)) return domain;
  const [from, to] = hull(domain);
  if (high < from || low > to) return domain;
  const below = low <= from ? [] : parts(between(domain, from, low, { openHigh: true }));
  const above = high >= to ? [] : parts(between(domain, high, to, { openLow: true }));
  return { ...domain, parts: [...below, ...above] };
}

const parts = (domain: Domain) => (domain.kind === 'numbers' ? domain.parts : []);

/** Whether every value of a domain is in another one of the same distribution. */
export function isWithin(domain: Domain, other: Domain): boolean {
  if (domain.kind === 'choices') return domain.choices.every((choice) => has(other, choice));
  if (other.kind === 'choices') return domain.parts.every(([a, b]) => a === b && has(other, a));
  return domain.parts.every(([a, b]) => other.parts.some(([low, high]) => low <= a && b <= high));
}

/** Whether two domains of one distribution share a value. */
export function overlaps(domain: Domain, other: Domain): boolean {
  if (domain.kind === 'choices') return domain.choices.some((choice) => has(other, choice));
  if (other.kind === 'choices') return other.choices.some((choice) => has(domain, choice));
  return domain.parts.some(([a, b]) => other.parts.some(([low, high]) => low <= b && a <= high));
}

/** Returns the value at a quantile u in [0, 1) of the uniform distribution over the domain (of the logarithm for log ranges). */
export function quantile(domain: Domain, u: number): ParamValue {
  if (domain.kind === 'choices') return domain.choices[pickAt(u, domain.choices.length)] as ParamValue;
  const { d, parts: all } = domain;
  const sizes = all.map((part) => sizeOf(d, part));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (!(total > 0)) return (all[pickAt(u, all.length)] as Part)[0];
  let left = u * total;
  let at = 0;
  while (at < all.length - 1 && left >= (sizes[at] as number)) left -= sizes[at++] as number;
  return inside(d, all[at] as Part, Math.min(1, left / (sizes[at] as number)));
}

const pickAt = (u: number, count: number) => Math.min(count - 1, Math.floor(u * count));

/** The measure of an interval: its width, in the logarithm for log ranges, or its number of values. */
function sizeOf(d: Numeric, [low, high]: Part): number {
  const half = d.kind === 'int' && d.log ? 0.5 : 0;
  if (d.log) return Math.log(high + half) - Math.log(low - half);
  if (d.step === null) return high - low;
  return Math.round((high - low) / d.step) + 1;
}

function inside(d: Numeric, [low, high]: Part, t: number): number {
  const clip = (x: number) => Math.min(high, Math.max(low, x));
  if (d.log) {
    const half = d.kind === 'int' ? 0.5 : 0;
    const from = Math.log(low - half);
    return clip(nearest(d, Math.exp(from + t * (Math.log(high + half) - from))));
  }
  if (d.step === null) return clip(nearest(d, low + t * (high - low)));
  const count = Math.round((high - low) / d.step) + 1;
  return clip(nearest(d, low + pickAt(t, count) * d.step));
}

/** Returns the value of the domain that is nearest to another one, in the logarithm for log ranges. */
export function nearestIn(domain: Domain, value: ParamValue): ParamValue {
  if (has(domain, value)) return value;
  if (domain.kind === 'choices') return nearestChoice(domain.d, domain.choices, value);
  if (typeof value !== 'number') return quantile(domain, 0.5);
  const { d } = domain;
  const wanted = nearest(d, value);
  const scale = (x: number) => (d.log ? Math.log(x) : x);
  let best = (domain.parts[0] as Part)[0];
  let least = Number.POSITIVE_INFINITY;
  for (const [low, high] of domain.parts) {
    const found = Math.min(high, Math.max(low, wanted));
    const distance = Math.abs(scale(found) - scale(wanted));
    if (distance < least) [best, least] = [found, distance];
  }
  return best;
}

/** A value further outside than this part of what is left keeps its place in the range, and not the end that is nearest to it. */
const NEAR = 0.5;

/**
 * Returns the value of the domain that stands for another one: itself, the nearest one, or, where that is far from it, the one at
 * its share of the range. Otherwise most values would become the same end of a narrow domain.
 */
export function movedInto(domain: Domain, value: ParamValue): ParamValue {
  const near = nearestIn(domain, value);
  if (near === value || domain.kind === 'choices' || typeof value !== 'number') return near;
  const { d } = domain;
  const scale = (x: number) => (d.log ? Math.log(x) : x);
  const [low, high] = hull(domain);
  const wanted = scale(nearest(d, value));
  if (Math.abs(scale(near as number) - wanted) <= NEAR * (scale(high) - scale(low))) return near;
  const [from, to] = [scale(d.low), scale(d.high)];
  return quantile(domain, to > from ? (wanted - from) / (to - from) : 0);
}

/** Ordered choices have neighbors. Of others it takes the next in the list, so that none is preferred for all. */
function nearestChoice(
  d: CategoricalDistribution | null,
  left: readonly ParamValue[],
  value: ParamValue,
): ParamValue {
  const all = d === null ? left : d.ordered ? inOrder(d) : d.choices;
  const at = Math.max(0, all.indexOf(value));
  const distance = (choice: ParamValue) => {
    const k = all.indexOf(choice);
    return d?.ordered ? Math.abs(k - at) : (k - at + all.length) % all.length;
  };
  return left.reduce((best, choice) => (distance(choice) < distance(best) ? choice : best));
}

/** Returns the domain in two or more pieces that together have all of its values but this one; those nearest to it first. */
export function split(domain: Domain, value: ParamValue): readonly Domain[] {
  const rest = except(domain, value);
  if (rest.kind === 'choices') {
    const order: ParamValue[] = [];
    for (let left: Domain = rest; left.kind === 'choices' && left.choices.length > 0; ) {
      const next = nearestChoice(rest.d, left.choices, value);
      order.push(next);
      left = except(left, next);
    }
    return order.map((choice) => ({ ...rest, choices: [choice] }));
  }
  if (isEmpty(rest) || typeof value !== 'number') return [];
  const [from, to] = hull(rest);
  // An interval that narrow is no different from the value that it surrounds.
  if (rest.d.step === null && to - from <= 1e-12 * Math.max(Math.abs(from), Math.abs(to))) return [];
  const below = between(rest, Number.NEGATIVE_INFINITY, value);
  const above = between(rest, value, Number.POSITIVE_INFINITY);
  const gap = (side: Domain) => (isEmpty(side) ? Number.POSITIVE_INFINITY : Math.abs(hull(side)[0] - value));
  return (gap(below) <= gap(above) ? [below, above] : [above, below]).filter((side) => !isEmpty(side));
}

/** Returns how many values a domain has; Infinity where it is continuous. */
export function countOf(domain: Domain): number {
  if (domain.kind === 'choices') return domain.choices.length;
  if (domain.d.step === null) return singleOf(domain) === undefined ? cardinality(domain.d) : 1;
  return domain.parts.reduce((sum, part) => sum + sizeOf({ ...domain.d, log: false } as Numeric, part), 0);
}
