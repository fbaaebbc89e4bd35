import type { Axis, CartesianPanel, ParallelPanel } from '../figure.js';
import { ABSENT_SHARE, makeLinePosition, makePosition } from '../scale.js';
import { type Box, drawMarks, path } from './marks.js';
import { round, textElement, textWidth } from './text.js';

const FONT = 11;
/** Space for a name of a category, at most. */
const WIDEST_LABEL = 170;

/** Returns a panel inside a box: axes with labels around the marks. `id` is for its clip path. */
export function drawCartesian(panel: CartesianPanel, outer: Box, id: string): string {
  const { x, y } = panel;
  const wide = Math.min(
    WIDEST_LABEL,
    y.ticks.reduce((most, { label }) => Math.max(most, textWidth(label, FONT)), 0),
  );
  const left = wide + (y.label === '' ? 20 : 32);
  const box = {
    x: outer.x + left,
    y: outer.y + 8,
    width: outer.width - left - 14,
    height: outer.height - 52,
  };
  const clip = `<clipPath id="${id}"><rect x="${round(box.x)}" y="${round(box.y - 4)}" width="${round(box.width + 4)}" height="${round(box.height + 8)}"/></clipPath>`;
  return [
    clip,
    ...xAxis(x, box),
    ...yAxis(y, box, outer.x),
    `<g clip-path="url(#${id})">${drawMarks(panel, box).join('')}</g>`,
    `<path class="frame" d="M${round(box.x)} ${round(box.y)}V${round(box.y + box.height)}H${round(box.x + box.width)}"/>`,
  ].join('');
}

function xAxis(axis: Axis, box: Box): string[] {
  const at = makePosition(axis);
  const bottom = box.y + box.height;
  const ticks = spaced(axis, box.width);
  const room = axis.scale === 'category' ? (box.width / Math.max(1, ticks.length)) * 0.95 : 90;
  const middle = box.x + box.width / 2;
  return [
    ...ticks.flatMap(({ value, label }) => {
      const place = box.x + at(value) * box.width;
      const text = {
        x: place,
        y: bottom + 15,
        fontPx: FONT,
        anchor: 'middle',
        width: room,
        style: 'faint',
      } as const;
      return [
        grid(`M${round(place)} ${round(box.y)}V${round(bottom)}`),
        textElement(label, { ...text, isUpright: false }),
      ];
    }),
    ...(axis.absent === null ? [] : absentPlace(axis.absent, box)),
    textElement(axis.label, {
      x: middle,
      y: bottom + 33,
      fontPx: 12,
      anchor: 'middle',
      width: box.width,
      style: 'plain',
      isUpright: false,
    }),
  ];
}

/** The border of the place for trials without a value. */
function absentPlace(label: string, box: Box): string[] {
  const edge = round(box.x + ABSENT_SHARE * 0.72 * box.width);
  const text = { fontPx: FONT, anchor: 'middle', width: 80, style: 'faint', isUpright: false } as const;
  return [
    `<path class="frame" stroke-dasharray="3 3" d="M${edge} ${round(box.y)}V${round(box.y + box.height)}"/>`,
    textElement(label, { ...text, x: box.x + (ABSENT_SHARE / 3) * box.width, y: box.y + box.height + 15 }),
  ];
}

/** Ticks whose labels do not lie on each other, nor on the label of the place for trials without a value. */
function spaced(axis: Axis, width: number): Axis['ticks'] {
  const at = makePosition(axis);
  let end =
    axis.absent === null
      ? Number.NEGATIVE_INFINITY
      : (ABSENT_SHARE / 3) * width + textWidth(axis.absent, FONT) / 2 + 4;
  if (axis.scale === 'category') return axis.ticks;
  return axis.ticks.filter(({ value, label }) => {
    const [center, half] = [at(value) * width, textWidth(label, FONT) / 2];
    if (Number.isNaN(center) || center - half < end) return false;
    end = center + half + 8;
    return true;
  });
}

function yAxis(axis: Axis, box: Box, left: number): string[] {
  const at = makePosition(axis);
  const isCategory = axis.scale === 'category';
  return [
    ...axis.ticks.flatMap(({ value, label }) => {
      const place = box.y + (1 - at(value)) * box.height;
      if (Number.isNaN(place)) return [];
      const text = { x: box.x - 7, y: place + 4, fontPx: FONT, anchor: 'end', width: WIDEST_LABEL } as const;
      return [
        ...(isCategory ? [] : [grid(`M${round(box.x)} ${round(place)}H${round(box.x + box.width)}`)]),
        textElement(label, { ...text, style: isCategory ? 'plain' : 'faint', isUpright: false }),
      ];
    }),
    ...(axis.label === ''
      ? []
      : [
          textElement(axis.label, {
            x: left + 14,
            y: box.y + box.height / 2,
            fontPx: 12,
            anchor: 'middle',
            width: box.height,
            style: 'plain',
            isUpright: true,
          }),
        ]),
  ];
}

function grid(d: string): string {
  return `<path class="grid" d="${d}"/>`;
}

/** Returns parallel coordinates inside a box. */
export function drawParallelPanel({ axes, lines }: ParallelPanel, outer: Box): string {
  const box = { x: outer.x + 60, y: outer.y + 30, width: outer.width - 120, height: outer.height - 50 };
  const gap = axes.length > 1 ? box.width / (axes.length - 1) : 0;
  const placeOf = axes.map(makeLinePosition);
  const left = (k: number) => box.x + k * gap;
  const drawn = lines.map(({ tone, isThick, values }) => {
    let d = '';
    for (const [k, value] of values.entries()) {
      const place = (placeOf[k] as (value: number) => number)(value);
      if (Number.isNaN(place)) continue;
      d += `${d === '' ? 'M' : 'L'}${round(left(k))} ${round(box.y + (1 - place) * box.height)}`;
    }
    const look = isThick ? 'stroke-width="2.4"' : 'stroke-width="1.1" stroke-opacity="0.5"';
    return path(d, tone, `${look} fill="none"`);
  });
  return [...drawn, ...axes.map((axis, k) => parallelAxis(axis, { ...box, x: left(k), width: gap }))].join(
    '',
  );
}

function parallelAxis(axis: Axis, box: Box): string {
  const at = makePosition(axis);
  const room = Math.max(40, box.width - 8);
  const label = {
    x: box.x,
    y: box.y - 14,
    fontPx: 12,
    anchor: 'middle',
    width: room,
    style: 'plain',
  } as const;
  const tick = {
    x: box.x + 6,
    fontPx: 10.5,
    anchor: 'start',
    width: room,
    style: 'ontop',
    isUpright: false,
  } as const;
  const ticks = [
    ...axis.ticks.map((each) => ({ place: at(each.value), label: each.label })),
    ...(axis.absent === null ? [] : [{ place: at(Number.NaN), label: axis.absent }]),
  ];
  return [
    `<path class="frame" stroke-width="1.5" d="M${round(box.x)} ${round(box.y)}V${round(box.y + box.height)}"/>`,
    textElement(axis.label, { ...label, isUpright: false }),
    ...ticks
      .filter(({ place }) => !Number.isNaN(place))
      .map((each) => textElement(each.label, { ...tick, y: box.y + (1 - each.place) * box.height + 4 })),
  ].join('');
}
