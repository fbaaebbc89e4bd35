import { scaleUtc } from 'd3-scale';
import type { ScaleKind, Tick } from './figure.js';
import { type NumberTickOptions, numberTicks } from './number-ticks.js';

type TickOptions = Omit<NumberTickOptions, 'scale'> & { readonly scale: Exclude<ScaleKind, 'category'> };

/** Returns round values inside the domain with their texts: decades on a log scale, calendar times in UTC on one of time. */
export function makeTicks({ scale, ...options }: TickOptions): Tick[] {
  if (scale !== 'time') return numberTicks({ scale, ...options });
  const { domain, count } = options;
  const time = scaleUtc(domain, [0, 1]);
  const format = time.tickFormat(count);
  return time
    .ticks(count)
    .map((date) => ({ value: date.getTime(), label: format(date) }))
    .filter(({ value }) => value >= domain[0] && value <= domain[1]);
}

/** Returns both ends of a domain of times in full: `2026-11-26 18:33:36`, in UTC. */
export function timeTexts(domain: readonly [number, number]): string[] {
  const time = scaleUtc(domain, [0, 1]);
  return time.domain().map(time.tickFormat(2, '%Y-%m-%d %H:%M:%S'));
}
