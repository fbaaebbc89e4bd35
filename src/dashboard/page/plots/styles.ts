import type { Style } from './scatter.js';
import { type Colors, rgbOf } from './theme.js';

/** Returns how each kind of trial is drawn, in the order of `KIND`. Rings and fills differ for readers who see no color. */
export function stylesOf(colors: Colors): Style[] {
  return [
    { color: rgbOf(colors.complete), ring: false },
    { color: rgbOf(colors.pruned), ring: true },
    { color: rgbOf(colors.running), ring: false },
    { color: rgbOf(colors.infeasible), ring: true },
    { color: rgbOf(colors.fail), ring: false },
    { color: rgbOf(colors.running), ring: true },
  ];
}
