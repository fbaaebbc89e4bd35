import { scaleLinear } from 'd3-scale';
import type { Tone } from './figure.js';

/** A color on a light and on a dark page, and the number of an ANSI color (SGR 30 to 37, 90 to 97). */
export type ToneColor = { readonly light: string; readonly dark: string; readonly ansi: number };

export const SERIES = 7;
export const SHADES = 8;

/** Colors of Okabe and Ito (2008), which people with any form of color blindness tell apart; some lighter on dark. */
const SERIES_COLORS: readonly ToneColor[] = [
  { light: '#0072b2', dark: '#56b4e9', ansi: 34 },
  { light: '#d55e00', dark: '#f0803c', ansi: 31 },
  { light: '#009e73', dark: '#1fc99a', ansi: 32 },
  { light: '#b5548a', dark: '#dd8fbb', ansi: 35 },
  { light: '#c98a00', dark: '#e69f00', ansi: 33 },
  { light: '#2f95d0', dark: '#9ad4f7', ansi: 36 },
  { light: '#222222', dark: '#eeeeee', ansi: 37 },
];

/** Viridis (Smith and van der Walt 2015), at equal distances. */
const VIRIDIS = ['#440154', '#414487', '#2a788e', '#22a884', '#7ad151', '#fde725'];

/** Returns the color of a part of the way from the worst (1) to the best (0): the best stands out from the page. */
export function sequentialColor(part: number): { light: string; dark: string } {
  const stops = VIRIDIS.map((_, k) => k / (VIRIDIS.length - 1));
  const at = scaleLinear<string>().domain(stops).range(VIRIDIS).clamp(true);
  // Yellow is hard to see on white, dark violet on black.
  return { light: at(0.85 * part), dark: at(1 - 0.75 * part) };
}

/** Returns the color of a tone. */
export function toneColor(tone: Tone): ToneColor {
  const [kind, number] = tone.split('-');
  if (kind === 'series') return SERIES_COLORS[Number(number) % SERIES] as ToneColor;
  if (kind === 'shade')
    return { ...sequentialColor(Number(number) / (SHADES - 1)), ansi: Number(number) < SHADES / 2 ? 36 : 34 };
  return NAMED[tone as keyof typeof NAMED];
}

const NAMED = {
  main: { light: '#0072b2', dark: '#56b4e9', ansi: 34 },
  muted: { light: '#8a8f98', dark: '#7d838c', ansi: 90 },
  best: { light: '#d55e00', dark: '#f0803c', ansi: 31 },
  fail: { light: '#b3261e', dark: '#f2746b', ansi: 31 },
  pruned: { light: '#c98a00', dark: '#e69f00', ansi: 33 },
  infeasible: { light: '#b5548a', dark: '#dd8fbb', ansi: 35 },
} as const satisfies Partial<Record<Tone, ToneColor>>;

/** Returns the tone of the k-th of several things. Colors begin again after the last one. */
export function seriesTone(k: number): Tone {
  return `series-${k}`;
}

/** Returns the tone whose color a tone has: `series-0` for `series-7`. */
export function colorTone(tone: Tone): Tone {
  const [kind, number] = tone.split('-');
  return kind === 'series' ? `series-${Number(number) % SERIES}` : tone;
}

/** Returns the tone of a rank among `count`, the best being 0. */
export function shadeTone(rank: number, count: number): Tone {
  const part = count > 1 ? rank / (count - 1) : 0;
  return `shade-${Math.min(SHADES - 1, Math.floor(part * SHADES))}` as Tone;
}

/** Every tone, for a style sheet. */
export function allTones(): Tone[] {
  const numbered = (kind: string, count: number) => Array.from({ length: count }, (_, k) => `${kind}-${k}`);
  return [...Object.keys(NAMED), ...numbered('series', SERIES), ...numbered('shade', SHADES)] as Tone[];
}
