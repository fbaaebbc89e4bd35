import type { CartesianPanel, Mark, Tone } from '../figure.js';
import { colorTone } from '../palette.js';
import { makeLinePosition, makePosition } from '../scale.js';
import { round } from './text.js';

/** A rectangle in pixels. */
export type Box = { readonly x: number; readonly y: number; readonly width: number; readonly height: number };

/** Returns the marks of a panel as elements. Points of one mark are one path, so that 100,000 of them stay small. */
export function drawMarks({ x, y, marks }: CartesianPanel, box: Box): string[] {
  const [alongX, alongY, lineX, lineY] = [
    makePosition(x),
    makePosition(y),
    makeLinePosition(x),
    makeLinePosition(y),
  ];
  const places: Places = {
    px: (value) => box.x + alongX(value) * box.width,
    py: (value) => box.y + (1 - alongY(value)) * box.height,
    lx: (value) => box.x + lineX(value) * box.width,
    ly: (value) => box.y + (1 - lineY(value)) * box.height,
    barHeight: Math.min(26, (0.62 * box.height) / Math.max(1, y.categories.length)),
  };
  return marks.map((mark) => drawMark(mark, places)).filter((element) => element !== '');
}

type Places = Record<'px' | 'py' | 'lx' | 'ly', (value: number) => number> & { readonly barHeight: number };

function drawMark(mark: Mark, places: Places): string {
  switch (mark.mark) {
    case 'points':
      return points(mark, places);
    case 'line':
      return line(mark, places);
    case 'band':
      return band(mark, places);
    case 'boxes':
      return boxes(mark, places);
    case 'intervals':
      return intervals(mark, places);
    case 'bars':
      return bars(mark, places);
  }
}

function points(
  { tone, shape, x, y }: Extract<Mark, { mark: 'points' }>,
  { px, py }: Pick<Places, 'px' | 'py'>,
): string {
  const parts = x.flatMap((value, k) => {
    const [a, b] = [px(value), py(y[k] as number)];
    if (Number.isNaN(a) || Number.isNaN(b)) return [];
    if (shape === 'cross') return [`M${round(a - 3)} ${round(b - 3)}l6 6m0-6l-6 6`];
    return [`M${round(a)} ${round(b)}h0`];
  });
  if (parts.length === 0) return '';
  const d = parts.join('');
  if (shape === 'cross') return path(d, tone, 'stroke-width="1.6"');
  const size = shape === 'large-dot' ? 8 : parts.length > 2000 ? 2.4 : parts.length > 300 ? 3.6 : 5;
  const opacity = shape === 'large-dot' ? 1 : 0.65;
  const halo =
    shape === 'large-dot' ? `<path class="halo" d="${d}" stroke-width="${size + 3}" ${ROUND}/>` : '';
  return halo + path(d, tone, `stroke-width="${size}" stroke-opacity="${opacity}" ${ROUND}`);
}

const ROUND = 'stroke-linecap="round" fill="none"';

function line({ tone, isStep, isThick, x, y }: Extract<Mark, { mark: 'line' }>, { lx, ly }: Places): string {
  let d = '';
  let isOpen = false;
  for (const [k, value] of x.entries()) {
    const [a, b] = [lx(value), ly(y[k] as number)];
    if (Number.isNaN(a) || Number.isNaN(b)) {
      isOpen = false;
      continue;
    }
    d += !isOpen
      ? `M${round(a)} ${round(b)}`
      : isStep
        ? `H${round(a)}V${round(b)}`
        : `L${round(a)} ${round(b)}`;
    // A curve of one point is seen by its round end.
    if (!isOpen) d += 'h0';
    isOpen = true;
  }
  if (d === '') return '';
  const [width, opacity] = isThick ? [2.2, 1] : [1.3, 0.75];
  return path(
    d,
    tone,
    `stroke-width="${width}" stroke-opacity="${opacity}" stroke-linejoin="round" ${ROUND}`,
  );
}

function band({ tone, isStrong, x, low, high }: Extract<Mark, { mark: 'band' }>, { lx, ly }: Places): string {
  const known = [...x.keys()].filter(
    (k) => !Number.isNaN(ly(low[k] as number)) && !Number.isNaN(ly(high[k] as number)),
  );
  if (known.length === 0) return '';
  const edge = (values: readonly number[], k: number) =>
    `${round(lx(x[k] as number))} ${round(ly(values[k] as number))}`;
  const d = `M${known.map((k) => edge(high, k)).join('L')}L${known
    .toReversed()
    .map((k) => edge(low, k))
    .join('L')}Z`;
  return `<path class="${tone}" d="${d}" fill="currentColor" fill-opacity="${isStrong ? 0.28 : 0.16}"/>`;
}

function boxes(
  { tone, left, right, bottom, top }: Extract<Mark, { mark: 'boxes' }>,
  { lx, ly }: Places,
): string {
  const d = left.flatMap((value, k) => {
    const [a, b] = [lx(value), lx(right[k] as number)];
    const [c, d] = [ly(top[k] as number), ly(bottom[k] as number)];
    if ([a, b, c, d].some(Number.isNaN)) return [];
    // By the sides themselves, so that boxes side by side leave no gap.
    return [`M${round(a)} ${round(c)}H${round(Math.max(a + 0.6, b))}V${round(d)}H${round(a)}z`];
  });
  if (d.length === 0) return '';
  return `<path class="${colorTone(tone)}" d="${d.join('')}" fill="currentColor" shape-rendering="crispEdges"/>`;
}

function intervals({ tone, x, low, high }: Extract<Mark, { mark: 'intervals' }>, { px, ly }: Places): string {
  const d = x.flatMap((value, k) => {
    const [a, b, c] = [px(value), ly(low[k] as number), ly(high[k] as number)];
    if ([a, b, c].some(Number.isNaN)) return [];
    return [
      `M${round(a)} ${round(b)}V${round(c)}M${round(a - 2.5)} ${round(b)}h5M${round(a - 2.5)} ${round(c)}h5`,
    ];
  });
  return d.length === 0 ? '' : path(d.join(''), tone, 'stroke-width="1.2" fill="none"');
}

function bars(
  { tone, y, value, low, high }: Extract<Mark, { mark: 'bars' }>,
  { lx, py, barHeight }: Places,
): string {
  const origin = lx(0);
  return y
    .map((place, k) => {
      const [center, end] = [py(place), lx(value[k] as number)];
      const [from, to] = [lx(low[k] as number), lx(high[k] as number)];
      const top = round(center - barHeight / 2);
      const size = `width="${round(Math.max(0, end - origin))}" height="${round(barHeight)}"`;
      const bar = `<rect class="${tone}" x="${round(origin)}" y="${top}" ${size} fill="currentColor" fill-opacity="0.75" rx="2"/>`;
      const tick = `M${round(from)} ${round(center - 4)}v8M${round(from)} ${round(center)}H${round(to)}m0-4v8`;
      return `${bar}<path class="whisker" d="${tick}" stroke-width="1.4" fill="none"/>`;
    })
    .join('');
}

/** Returns a path in the color of a tone. */
export function path(d: string, tone: Tone, attributes: string): string {
  return `<path class="${colorTone(tone)}" stroke="currentColor" d="${d}" ${attributes}/>`;
}
