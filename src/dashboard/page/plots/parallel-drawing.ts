import { type Field, MISSING } from '../store/fields.js';
import { type Scale, ticksOf } from '../store/scale.js';
import type { StudyStore } from '../store/study-store.js';
import { drawEmpty, FONT, shorten } from './axes.js';
import { type Band, drawLines, type Lines } from './line-raster.js';
import { followPointer } from './pointer.js';
import { shadesOf } from './shades.js';
import type { Pen, Size, Stage } from './stage.js';
import { type Colors, colors, rampOf, rgbOf } from './theme.js';
import { showTip } from './tip.js';
import type { Drawing } from './use-stage.js';

const TOP = 34;
const BOTTOM = 12;
const STRIP = 20;
const SIDE = 56;
/** Up to so many lines are drawn smoothly, one by one. */
const SMOOTH = 400;

export type ParallelLayout = {
  readonly axes: readonly Field[];
  readonly xs: readonly number[];
  readonly band: Band;
};

/** Returns where axes stand: evenly, with room for the labels of the outer ones. */
export function layoutOf(store: StudyStore, axes: readonly Field[], size: Size): ParallelLayout {
  const none = axes.some(({ key }) => store.hasNone(key));
  const height = Math.max(20, size.height - TOP - BOTTOM - (none ? STRIP : 0));
  const step = axes.length > 1 ? (size.width - 2 * SIDE) / (axes.length - 1) : 0;
  return {
    axes,
    xs: axes.map((_, k) => Math.round(SIDE + k * step)),
    band: { top: TOP, height, noneY: none ? TOP + height + STRIP / 2 + 2 : null },
  };
}

/** Parallel coordinates: an axis for each parameter, a line for each trial, its color by the first objective. */
export class ParallelDrawing implements Drawing {
  readonly #store: StudyStore;
  readonly #stage: Stage;
  readonly #axes: () => readonly Field[];

  constructor(store: StudyStore, stage: Stage, axes: () => readonly Field[]) {
    this.#store = store;
    this.#stage = stage;
    this.#axes = axes;
  }

  #layout(): ParallelLayout {
    return layoutOf(this.#store, this.#axes(), this.#stage.size.value);
  }

  #lines({ axes, xs }: ParallelLayout, trials: Int32Array): Omit<Lines, 'shades' | 'ramp'> {
    return { places: axes.map(({ key }) => this.#store.places(key)), xs, trials };
  }

  base(): void {
    const pen = this.#stage.layer(0);
    const theme = colors.value;
    const layout = this.#layout();
    if (!pen) return;
    const { trials } = this.#store.shown.value;
    if (layout.axes.length < 2 || trials.length === 0) {
      drawEmpty(pen, this.#stage.size.value, 'Lines appear with the first trial.', theme);
      return;
    }
    const ramp = Uint8Array.from(rgbOf(theme.other));
    pen.globalAlpha = 0.55;
    drawLines(pen, { ...this.#lines(layout, trials), shades: null, ramp }, layout.band);
    pen.globalAlpha = 1;
  }

  middle(): void {
    const pen = this.#stage.layer(1);
    const layout = this.#layout();
    const { mask, trials } = this.#store.selection.value;
    if (!pen || layout.axes.length < 2) return;
    const ramp = rampOf(colors.value.dark);
    const shades = shadesOf(this.#store);
    const lines = { ...this.#lines(layout, trials), shades, ramp };
    if (trials.length <= SMOOTH) drawSmooth(pen, lines, layout.band);
    else drawLines(pen, lines, layout.band);
    this.#drawBest(pen, layout, mask, trials.length > SMOOTH ? 10 : 1);
    // Axes lie over the lines, so that their labels can be read.
    for (const [k, field] of layout.axes.entries())
      drawAxis(pen, layout, k, field, this.#store.scales.value.get(field.key) as Scale, colors.value);
  }

  /** The best of the selected trials, over everything else. */
  #drawBest(pen: Pen, layout: ParallelLayout, mask: Uint8Array, limit: number): void {
    let left = limit;
    for (const trial of this.#store.best.value) {
      if (left === 0) return;
      if (!mask[trial]) continue;
      left--;
      pen.lineWidth = left === limit - 1 ? 2 : 1;
      pen.globalAlpha = left === limit - 1 ? 1 : 0.6;
      this.#drawTrial(pen, layout, trial, colors.value.best);
      pen.globalAlpha = 1;
    }
  }

  #drawTrial(pen: Pen, { axes, xs, band }: ParallelLayout, trial: number, color: string): void {
    pen.strokeStyle = color;
    pen.beginPath();
    for (const [k, { key }] of axes.entries()) {
      const y = lineY(band, this.#store.places(key)[trial] ?? MISSING);
      if (k === 0) pen.moveTo(xs[k] as number, y);
      else pen.lineTo(xs[k] as number, y);
    }
    pen.stroke();
  }

  top(): void {
    if (this.#store.pinned.value < 0 && this.#store.hovered.value < 0) {
      this.#stage.clearTop();
      return;
    }
    const pen = this.#stage.layer(2);
    const layout = this.#layout();
    if (!pen || layout.axes.length < 2) return;
    const theme = colors.value;
    for (const [trial, color] of [
      [this.#store.pinned.value, theme.focus],
      [this.#store.hovered.value, theme.text],
    ] as const) {
      if (trial < 0 || trial >= this.#store.columns.total) continue;
      pen.lineWidth = 4;
      this.#drawTrial(pen, layout, trial, theme.surface);
      pen.lineWidth = 2;
      this.#drawTrial(pen, layout, trial, color);
    }
  }

  start(): () => void {
    const store = this.#store;
    return followPointer(this.#stage.host, {
      hover: (at) => {
        const trial = at ? this.#find(at.x, at.y) : -1;
        store.hovered.value = trial;
        showTip(store, trial, at?.client ?? null);
      },
      box: () => {},
      click: (x, y) => {
        const trial = this.#find(x, y);
        store.pinned.value = trial === store.pinned.peek() ? -1 : trial;
      },
    });
  }

  /** Returns the selected trial whose line passes nearest; -1 for none. */
  #find(x: number, y: number): number {
    const { axes, xs, band } = this.#layout();
    const gap = xs.findIndex((each, k) => x >= each && x < (xs[k + 1] ?? Number.NEGATIVE_INFINITY));
    if (gap < 0) return -1;
    const [from, to] = [xs[gap] as number, xs[gap + 1] as number];
    const share = (x - from) / (to - from);
    const [first, second] = [axes[gap], axes[gap + 1]].map((field) => this.#store.places(field?.key ?? ''));
    let best = 10;
    let nearest = -1;
    for (const k of this.#store.selection.value.trials) {
      const a = lineY(band, first?.[k] ?? MISSING);
      const b = lineY(band, second?.[k] ?? MISSING);
      const distance = Math.abs(a + (b - a) * share - y);
      if (distance < best) {
        best = distance;
        nearest = k;
      }
    }
    return nearest;
  }
}

function lineY({ top, height, noneY }: Band, place: number): number {
  return place === MISSING ? (noneY ?? top + height) : top + height - (place / 65_534) * height;
}

function drawSmooth(pen: Pen, { places, xs, trials: drawn, shades, ramp }: Lines, band: Band): void {
  pen.lineWidth = drawn.length < 60 ? 1.5 : 1.1;
  pen.globalAlpha = drawn.length < 60 ? 0.85 : 0.55;
  // The best shade last, so that it lies above.
  const trials = drawn.toSorted((a, b) => (shades?.[a] ?? 0) - (shades?.[b] ?? 0));
  for (const trial of trials) {
    const shade = (shades?.[trial] ?? 0) * 3;
    pen.strokeStyle = `rgb(${ramp[shade]}, ${ramp[shade + 1]}, ${ramp[shade + 2]})`;
    pen.beginPath();
    for (let k = 0; k < xs.length; k++) {
      const y = lineY(band, places[k]?.[trial] ?? MISSING);
      if (k === 0) pen.moveTo(xs[k] as number, y);
      else pen.lineTo(xs[k] as number, y);
    }
    pen.stroke();
  }
  pen.globalAlpha = 1;
}

function drawAxis(
  pen: Pen,
  { xs, band, axes }: ParallelLayout,
  k: number,
  field: Field,
  scale: Scale,
  theme: Colors,
): void {
  const x = xs[k] as number;
  const gap = axes.length > 1 ? (xs[1] as number) - (xs[0] as number) : 200;
  pen.font = FONT;
  pen.lineWidth = 1;
  pen.strokeStyle = theme.axis;
  pen.beginPath();
  pen.moveTo(x + 0.5, band.top);
  pen.lineTo(x + 0.5, band.top + band.height);
  pen.stroke();
  pen.textAlign = 'center';
  pen.textBaseline = 'alphabetic';
  pen.fillStyle = theme.text;
  const arrow = field.direction === null ? '' : field.direction === 'minimize' ? ' \u2193' : ' \u2191';
  const title = shorten(pen, field.label + arrow, gap - 10);
  // The first one must not leave the plot at the left.
  pen.fillText(title, Math.max(x, pen.measureText(title).width / 2 + 4), band.top - 14);
  pen.textAlign = 'right';
  pen.textBaseline = 'middle';
  for (const { at, label } of ticksOf(scale, Math.floor(band.height / 34))) {
    const y = band.top + band.height - at * band.height;
    const text = shorten(pen, label, Math.min(90, gap * 0.6));
    pen.strokeStyle = `${theme.surface}e6`;
    pen.lineWidth = 3.5;
    pen.lineJoin = 'round';
    pen.strokeText(text, x - 6, y);
    pen.fillStyle = theme.text;
    pen.fillText(text, x - 6, y);
    pen.fillStyle = theme.axis;
    pen.fillRect(x - 3, Math.round(y), 7, 1);
  }
  if (band.noneY !== null && k === 0) {
    pen.fillStyle = theme.muted;
    pen.fillText('none', x - 8, band.noneY);
  }
  if (band.noneY !== null) {
    pen.fillStyle = theme.axis;
    pen.fillRect(x - 3, band.noneY, 7, 1);
  }
}
