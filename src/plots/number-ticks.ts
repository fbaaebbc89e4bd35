import { scaleLinear, scaleLog } from 'd3-scale';
import type { Tick } from './figure.js';
import { distinctTexts, numberText } from './number-text.js';

export type NumberTickOptions = {
  readonly scale: 'linear' | 'log';
  readonly domain: readonly [number, number];
  /** About how many. */
  readonly count: number;
  /** Only whole numbers. */
  readonly isWhole: boolean;
};

/** Returns round values inside the domain with their texts: decades on a log scale. */
export function numberTicks({ scale, domain, count, isWhole }: NumberTickOptions): Tick[] {
  const values = scale === 'log' ? logTicks(domain, count) : scaleLinear(domain, [0, 1]).ticks(count);
  // An end that was computed may lie beside the round value next to it.
  const inside = values.filter((value) => value >= domain[0] && value <= domain[1]);
  const kept = isWhole ? inside.filter(Number.isInteger) : inside;
  const texts = distinctTexts(kept);
  return kept.map((value, k) => ({ value, label: texts[k] as string }));
}

/** Decades, every second or third of them where there are many; 1, 2 and 5 of each where there are few. */
function logTicks(domain: readonly [number, number], count: number): number[] {
  const decades = Math.log10(domain[1] / domain[0]);
  const all = scaleLog(domain, [0, 1]).ticks(Math.max(count, 10));
  if (decades < 1) return all.length > count ? scaleLog(domain, [0, 1]).ticks(count).slice(0, count) : all;
  const mantissa = (value: number) => Number(numberText(value, 3).replace(/[.0]|e.*$/g, ''));
  if (decades <= count / 3) return all.filter((value) => [1, 2, 5].includes(mantissa(value)));
  const first = Math.ceil(Math.log10(domain[0]) - 1e-9);
  const every = Math.max(1, Math.ceil(decades / count));
  const last = Math.floor(Math.log10(domain[1]) + 1e-9);
  const exponents: number[] = [];
  for (let exponent = first; exponent <= last; exponent += every) exponents.push(exponent);
  return exponents.map((exponent) => Number(`1e${exponent}`));
}

/** Returns a tick for each category, or for every second, third and so on where there are more than `most`. */
export function categoryTicks(categories: readonly string[], most: number): Tick[] {
  const every = Math.ceil(categories.length / most);
  return categories.flatMap((label, value) => (value % every === 0 ? [{ value, label }] : []));
}
