import type { Tick as ValueTick } from '../../../plots/figure.js';
import { categoryTicks, type NumberTickOptions, numberTicks } from '../../../plots/number-ticks.js';
import { formatNumber } from '../text.js';

/** Where values of one field lie along an axis, between 0 and 1. */
export type Scale = {
  readonly low: number;
  readonly high: number;
  readonly log: boolean;
  /** Names of the choices in the order of the axis; null for numbers. */
  readonly choices: readonly string[] | null;
  /** Only whole numbers have a tick. */
  readonly isWhole: boolean;
  /** Values beyond the ends that are drawn at the ends. */
  readonly clipped: number;
};

export type Tick = { readonly at: number; readonly label: string };

/** Returns the place of a value between 0 and 1; outliers at the ends; NaN for what has no place. */
export function placeOf(scale: Scale, value: number): number {
  if (Number.isNaN(value)) return Number.NaN;
  if (scale.choices) return (value + 0.5) / Math.max(1, scale.choices.length);
  const [low, high] = ends(scale);
  if (scale.log && value <= 0) return Number.NaN;
  if (high === low) return 0.5;
  const place = ((scale.log ? Math.log10(value) : value) - low) / (high - low);
  return place < 0 ? 0 : place > 1 ? 1 : place;
}

/** Returns the value at a place; of choices their index, which may lie between two. */
export function valueAt(scale: Scale, place: number): number {
  if (scale.choices) return place * scale.choices.length - 0.5;
  const [low, high] = ends(scale);
  const value = low + place * (high - low);
  return scale.log ? 10 ** value : value;
}

/** Returns about `limit` ticks at round values, with labels that differ. */
export function ticksOf(scale: Scale, limit: number): Tick[] {
  const { low, high, log, choices, isWhole } = scale;
  const count = Math.max(1, limit);
  const at = ({ value, label }: ValueTick): Tick => ({
    at: placeOf(scale, value),
    label: choices ? label : label.replaceAll('-', '\u2212'),
  });
  if (choices) return categoryTicks(choices, count).map(at);
  if (high === low) return [{ at: 0.5, label: formatNumber(low) }];
  return fewTicks({ scale: log ? 'log' : 'linear', domain: [low, high], count, isWhole }).map(at);
}

/** Round values come in steps of their own: fewer are asked for until there is room for their labels. */
function fewTicks(wanted: NumberTickOptions): ValueTick[] {
  let ticks = numberTicks(wanted);
  for (let count = wanted.count - 1; ticks.length > wanted.count + 1 && count > 0; count--)
    ticks = numberTicks({ ...wanted, count });
  return ticks;
}

function ends({ low, high, log }: Scale): [number, number] {
  return log ? [Math.log10(low), Math.log10(high)] : [low, high];
}
