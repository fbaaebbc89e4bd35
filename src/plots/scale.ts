import { scaleLinear, scaleLog } from 'd3-scale';
import type { Axis, ScaleKind } from './figure.js';
import { categoryTicks } from './number-ticks.js';
import { makeTicks } from './ticks.js';

/** The part of an axis that belongs to trials without a value on it. */
export const ABSENT_SHARE = 0.1;
/** Larger numbers make the width of a domain infinite. */
const LARGEST = 8e307;
/** Below the smallest normal number precision is lost. */
const LEAST = 2.3e-308;
const TINY = 1e-290;
/** Empty space at both ends of a domain, as a part of it. */
const MARGIN = 0.03;
/** A shorter time has no round times to label. */
const SHORTEST_MS = 10;
const TICKS = 6;
const MOST_CATEGORIES = 24;

/** Returns a function from a value to its place on the axis, 0 to 1. NaN for a value without a place. */
export function makePosition({ scale, domain, absent }: Axis): (value: number) => number {
  const start = absent === null ? 0 : ABSENT_SHARE;
  const to = (scale === 'log' ? scaleLog : scaleLinear)(domain, [start, 1]);
  const [low, high] = domain;
  const isInside = (value: number) => value >= low && value <= high;
  return (value) => {
    if (Number.isNaN(value)) return absent === null ? Number.NaN : ABSENT_SHARE / 3;
    return isInside(value) ? to(value) : Number.NaN;
  };
}

/** Returns the way back: a function from a place on the axis to its value. */
export function makeValue({ scale, domain, absent }: Axis): (place: number) => number {
  const start = absent === null ? 0 : ABSENT_SHARE;
  const to = (scale === 'log' ? scaleLog : scaleLinear)(domain, [start, 1]);
  return (place) => to.invert(place);
}

/**
 * Returns a function from a value to its place on the axis, as `makePosition`, but a value outside the domain has a place
 * outside 0 to 1, not far away: a line leaves the panel there.
 */
export function makeLinePosition(axis: Axis): (value: number) => number {
  const inside = makePosition(axis);
  const [low, high] = axis.domain;
  return (value) => (value < low ? -0.5 : value > high ? 1.5 : inside(value));
}

type ValueAxis = {
  readonly label: string;
  readonly scale: Exclude<ScaleKind, 'category'>;
  /** Smallest and largest value to be seen; without any, -Infinity or NaN. */
  readonly extent: readonly [number, number];
  /** Only whole numbers have a tick. */
  readonly isWhole: boolean;
  readonly absent: string | null;
  /** Without space at its ends. */
  readonly isTight: boolean;
};

/** Returns an axis of numbers. A single value gets space around it in any case. */
export function valueAxis({ label, scale, extent, isWhole, absent, isTight }: ValueAxis): Axis {
  const domain = widen(extent, { scale, margin: isTight ? 0 : MARGIN });
  const ticks = makeTicks({ scale, domain, count: TICKS, isWhole });
  return { label, scale, domain, categories: [], ticks, absent };
}

/** Returns an axis of categories, each as wide as the others. */
export function categoryAxis(label: string, categories: readonly string[], absent: string | null): Axis {
  const domain = [-0.5, Math.max(1, categories.length) - 0.5] as const;
  return {
    label,
    scale: 'category',
    domain,
    categories,
    ticks: categoryTicks(categories, MOST_CATEGORIES),
    absent,
  };
}

/** Returns the smallest and the largest finite value, on a log scale the smallest above 0; [NaN, NaN] without any. */
export function extentOf(values: Iterable<number>, scale: ScaleKind): [number, number] {
  let [low, high] = [Number.NaN, Number.NaN];
  for (const value of values) {
    if (!Number.isFinite(value) || (scale === 'log' && value <= 0)) continue;
    if (!(low <= value)) low = value;
    if (!(high >= value)) high = value;
  }
  return [low, high];
}

type Space = { readonly scale: ScaleKind; readonly margin: number };

function widen([low, high]: readonly [number, number], { scale, margin }: Space): [number, number] {
  if (scale === 'log') return widenLog(low, high, margin);
  if (scale === 'time')
    return Number.isFinite(low + high) ? [low, Math.max(high, low + SHORTEST_MS)] : [0, 1];
  if (!Number.isFinite(low) || !Number.isFinite(high)) return [0, 1];
  const [a, b] = [Math.max(-LARGEST, low), Math.min(LARGEST, high)];
  // Around a single value, two neighboring numbers, or the smallest of all there are no round values to label.
  const size = Math.max(Math.abs(a), Math.abs(b));
  const isWide = b - a > Math.max(size * 1e-9, TINY);
  const by = isWide ? margin * (b - a) : size > TINY ? size * 0.1 : 0.5;
  return [Math.max(-LARGEST, a - by), Math.min(LARGEST, b + by)];
}

function widenLog(low: number, high: number, margin: number): [number, number] {
  if (!(low > 0) || !Number.isFinite(high)) return [0.1, 1];
  const [a, b] = [Math.log(low), Math.log(high)];
  if (margin === 0 && b - a > 1e-9) return [Math.max(LEAST, low), Math.min(LARGEST, high)];
  const by = b - a > 1e-9 ? margin * (b - a) : Math.log(2);
  return [Math.max(LEAST, Math.exp(a - by)), Math.min(LARGEST, Math.exp(b + by))];
}
