import { formatNumber } from '../text.js';

/** Where values of one field lie along an axis, between 0 and 1. */
export type Scale = {
  readonly low: number;
  readonly high: number;
  readonly log: boolean;
  /** Names of the choices in the order of the axis; null for numbers. */
  readonly choices: readonly string[] | null;
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

/** Returns at most about `limit` ticks with labels that differ. */
export function ticksOf(scale: Scale, limit: number): Tick[] {
  if (scale.choices) return choiceTicks(scale.choices, limit);
  if (scale.high === scale.low) return [{ at: 0.5, label: formatNumber(scale.low) }];
  const values = scale.log
    ? logTicks(scale.low, scale.high, limit)
    : linearTicks(scale.low, scale.high, limit);
  return values.map((value) => ({ at: placeOf(scale, value), label: formatTick(value) }));
}

function ends({ low, high, log }: Scale): [number, number] {
  return log ? [Math.log10(low), Math.log10(high)] : [low, high];
}

function choiceTicks(choices: readonly string[], limit: number): Tick[] {
  const every = Math.max(1, Math.ceil(choices.length / Math.max(1, limit)));
  return choices
    .map((label, k) => ({ at: (k + 0.5) / choices.length, label }))
    .filter((_, k) => k % every === 0);
}

function linearTicks(low: number, high: number, limit: number): number[] {
  const step = niceStep((high - low) / Math.max(1, limit));
  const ticks: number[] = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + step * 1e-9; k++)
    ticks.push(cut(k * step, step));
  return ticks;
}

function niceStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 5, 10].find((each) => each * power >= rough * 0.999) ?? 10;
  return factor * power;
}

/** Removes the digits that arithmetic on doubles added. */
function cut(value: number, step: number): number {
  const digits = Math.max(0, Math.min(15, -Math.floor(Math.log10(step)) + 1));
  return Number(value.toFixed(digits));
}

function logTicks(low: number, high: number, limit: number): number[] {
  const [first, last] = [Math.ceil(Math.log10(low) - 1e-9), Math.floor(Math.log10(high) + 1e-9)];
  const decades = last - first + 1;
  if (decades < 2) return mantissaTicks(low, high, limit);
  const every = Math.max(1, Math.ceil(decades / Math.max(1, limit)));
  const ticks: number[] = [];
  for (let power = first; power <= last; power += every) ticks.push(10 ** power);
  return ticks;
}

function mantissaTicks(low: number, high: number, limit: number): number[] {
  const power = 10 ** Math.floor(Math.log10(low));
  const all = [1, 2, 3, 5, 7, 10, 20, 30, 50, 70, 100].map((each) => each * power);
  const inside = all.filter((value) => value >= low * 0.999 && value <= high * 1.001);
  return inside.length >= 2 ? inside.slice(0, Math.max(2, limit)) : linearTicks(low, high, limit);
}

function formatTick(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e5 || size < 1e-3)) {
    const [digits, exponent] = value.toExponential(2).split('e');
    return `${Number(digits)}e${Number(exponent)}`.replaceAll('-', '\u2212');
  }
  return formatNumber(Number(value.toPrecision(6)));
}
