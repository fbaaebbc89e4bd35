import { signal } from '@preact/signals';

/** Colors of the canvas plots, read from the style sheet so that both follow the theme. */
export type Colors = {
  readonly text: string;
  readonly muted: string;
  readonly grid: string;
  readonly axis: string;
  readonly surface: string;
  readonly accent: string;
  readonly best: string;
  readonly other: string;
  readonly focus: string;
  readonly complete: string;
  readonly pruned: string;
  readonly fail: string;
  readonly running: string;
  readonly infeasible: string;
  readonly dark: boolean;
};

export type ThemeChoice = 'system' | 'light' | 'dark';
const KEY = 'hpo:theme';

export const themeChoice = signal<ThemeChoice>(readChoice());
export const colors = signal<Colors>(readColors());

/** Applies the choice to the document, and follows the system where that is the choice. */
export function startTheme(): void {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const apply = () => {
    const choice = themeChoice.value;
    const isDark = choice === 'system' ? dark.matches : choice === 'dark';
    document.documentElement.dataset.theme = isDark ? 'dark' : 'light';
    colors.value = readColors();
  };
  dark.addEventListener('change', apply);
  themeChoice.subscribe((choice) => {
    try {
      localStorage.setItem(KEY, choice);
    } catch {
      // A report opened from disk may have no storage.
    }
    apply();
  });
}

function readChoice(): ThemeChoice {
  try {
    const stored = localStorage.getItem(KEY);
    return stored === 'light' || stored === 'dark' ? stored : 'system';
  } catch {
    return 'system';
  }
}

function readColors(): Colors {
  const style = getComputedStyle(document.documentElement);
  const read = (name: string) => style.getPropertyValue(`--${name}`).trim() || '#888';
  return {
    text: read('text'),
    muted: read('muted'),
    grid: read('grid'),
    axis: read('line-strong'),
    surface: read('surface'),
    accent: read('accent'),
    best: read('best'),
    other: read('other'),
    focus: read('focus'),
    complete: read('complete'),
    pruned: read('pruned'),
    fail: read('fail'),
    running: read('running'),
    infeasible: read('infeasible'),
    dark: document.documentElement.dataset.theme === 'dark',
  };
}

export type Rgb = readonly [number, number, number];

/** Returns the parts of a color `#rrggbb`. */
export function rgbOf(color: string): Rgb {
  const value = Number.parseInt(color.slice(1, 7).padEnd(6, '8'), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}

/** Stops of cividis, a map that color-blind people read as others do, dark to light. */
const CIVIDIS: readonly Rgb[] = [
  [0, 34, 78],
  [18, 53, 112],
  [59, 73, 108],
  [87, 93, 109],
  [112, 113, 115],
  [138, 134, 120],
  [165, 156, 116],
  [195, 179, 105],
  [225, 204, 85],
  [254, 232, 56],
];
/** Without the stops that vanish on the ground of the theme; the last one stands out most. */
const ON_DARK: readonly Rgb[] = [[56, 82, 150], [74, 92, 148], ...CIVIDIS.slice(3)];
const ON_LIGHT: readonly Rgb[] = [[222, 196, 76], ...CIVIDIS.slice(0, 8).reverse()];

/** Returns 256 colors for places between 0 and 1; the last one is for the best values. */
export function rampOf(dark: boolean): Uint8Array {
  const stops = dark ? ON_DARK : ON_LIGHT;
  const ramp = new Uint8Array(256 * 3);
  for (let k = 0; k < 256; k++) {
    const at = (k / 255) * (stops.length - 1);
    const [from, to] = [stops[Math.floor(at)] as Rgb, stops[Math.ceil(at)] as Rgb];
    for (let part = 0; part < 3; part++)
      ramp[k * 3 + part] =
        (from[part] as number) + ((to[part] as number) - (from[part] as number)) * (at % 1);
  }
  return ramp;
}
