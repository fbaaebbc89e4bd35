import { scaleLinear, scaleLog, scaleUtc } from 'd3-scale';
import type { ScaleKind, Tick } from './figure.js';
import { distinctTexts, numberText } from './number-text.js';

type TickOptions = {
  readonly scale: Exclude<ScaleKind, 'category'>;
  readonly domain: readonly [number, number];
  /** About how many. */
  readonly count: number;
  /** Only whole numbers. */
  readonly isWhole: boolean;
};

/** Returns round values inside the domain with their texts: decades on a log scale, calendar times in UTC on one of time. */
export function makeTicks({ scale, domain, count, isWhole }: TickOptions): Tick[] {
  if (scale === 'time') {
    const time = scaleUtc(domain, [0, 1]);
    const format = time.tickFormat(count);
    return time
      .ticks(count)
      .map((date) => ({ value: date.getTime(), label: format(date) }))
      .filter(({ value }) => value >= domain[0] && value <= domain[1]);
  }
  const values = scale === 'log' ? logTicks(domain, count) : scaleLinear(domain, [0, 1]).ticks(count);
  // An end that was computed may lie beside the round value next to it.
  const inside = values.filter((value) => value >= domain[0] && value <= domain[1]);
  const kept = isWhole ? inside.filter(Number.isInteger) : inside;
  const texts = distinctTexts(kept);
  return kept.map((value, k) => ({ value, label: texts[k] as string }));
}

/** Returns both ends of a domain of times in full: `2026-11-26 18:33:36`, in UTC. */
export function timeTexts(domain: readonly [number, number]): string[] {
  const time = scaleUtc(domain, [0, 1]);
  return time.domain().map(time.tickFormat(2, '%Y-%m-%d %H:%M:%S'));
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
