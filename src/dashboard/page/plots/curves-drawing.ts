import { computed, signal } from '@preact/signals';
import { brush } from '../store/brush.js';
import type { Curves } from '../store/curves.js';
import { type Field, MISSING, scaleOf } from '../store/fields.js';
import type { Selection } from '../store/mask.js';
import { placeOf, type Scale, valueAt } from '../store/scale.js';
import type { StudyStore } from '../store/study-store.js';
import { boxOf, drawAxes, drawEmpty, labelWidth } from './axes.js';
import type { Box } from './box.js';
import { curveField, type SampledCurves, sampleCurves, stepRange } from './curve-places.js';
import { drawLines } from './line-raster.js';
import { followPointer, type Rect } from './pointer.js';
import { shadesOf } from './shades.js';
import type { Pen, Stage } from './stage.js';
import { colors, rampOf, rgbOf } from './theme.js';
import { showTip } from './tip.js';
import type { Drawing } from './use-stage.js';

/** Up to so many curves are drawn smoothly, one by one. */
const SMOOTH = 300;

type Data = {
  readonly curves: Curves;
  readonly field: Field;
  readonly x: Scale;
  readonly y: Scale;
  readonly sampled: SampledCurves;
};

/** Which curves to draw, and how. */
type Look = {
  readonly selection: Selection;
  /** By trial; null: one color. */
  readonly shades: Uint8Array | null;
  readonly ramp: Uint8Array;
};

/** Learning curves: those of the selection, the best in front. */
export class CurvesDrawing implements Drawing {
  readonly #store: StudyStore;
  readonly #stage: Stage;
  readonly #rect = signal<Rect | null>(null);
  readonly #data = computed<Data | null>(() => {
    const store = this.#store;
    const curves = store.curves.value;
    const objective = store.fields.value.get('value:0');
    if (!curves || !objective || curves.values.length === 0) return null;
    const field = curveField(curves, objective);
    const { log, clip } = store.options.value;
    const y = scaleOf(field, { log: log['value:0'] ?? null, clip });
    const [low, high] = stepRange(curves);
    const x: Scale = { low, high, log: false, choices: null, isWhole: true, clipped: 0 };
    return { curves, field, x, y, sampled: sampleCurves(curves, field, y) };
  });

  /** By curve, as `shadesOf` has them by trial. */
  readonly #shades = computed(() => {
    const shades = shadesOf(this.#store);
    return Uint8Array.from(this.#data.value?.curves.trials ?? [], (trial) => shades[trial] ?? 0);
  });

  constructor(store: StudyStore, stage: Stage) {
    this.#store = store;
    this.#stage = stage;
  }

  #box(pen: Pen, { y }: Data): Box {
    const size = this.#stage.size.value;
    return boxOf(size, { noneX: false, noneY: false, labels: labelWidth(pen, y, size.height) });
  }

  base(): void {
    const pen = this.#stage.layer(0);
    const data = this.#data.value;
    const theme = colors.value;
    if (!pen) return;
    if (!data) {
      drawEmpty(
        pen,
        this.#stage.size.value,
        'Trials that report a metric at each step have curves here.',
        theme,
      );
      return;
    }
    const box = this.#box(pen, data);
    const arrow = data.field.direction === 'maximize' ? '\u2191' : '\u2193';
    const { x, y, curves } = data;
    const title = `${curves.metric} ${arrow}${y.log ? '  (log)' : ''}`;
    drawAxes(pen, box, { x, y, xTitle: 'step', yTitle: title, colors: theme, hasGrid: true });
    const ramp = Uint8Array.from(rgbOf(theme.other));
    pen.globalAlpha = 0.5;
    this.#drawDensity(pen, box, data, { selection: this.#store.shown.value, shades: null, ramp });
    pen.globalAlpha = 1;
  }

  middle(): void {
    const pen = this.#stage.layer(1);
    const data = this.#data.value;
    if (!pen || !data) return;
    const box = this.#box(pen, data);
    const selection = this.#store.selection.value;
    const look = { selection, shades: shadesOf(this.#store), ramp: rampOf(colors.value.dark) };
    const isFew = selection.count <= SMOOTH;
    if (isFew) this.#drawSmooth(pen, box, data, look);
    else this.#drawDensity(pen, box, data, look);
    this.#drawBest(pen, box, data, selection.mask, isFew ? 1 : 10);
  }

  #drawDensity(pen: Pen, box: Box, { curves, sampled, x }: Data, { selection, shades, ramp }: Look): void {
    const trials = new Int32Array(selection.count);
    let count = 0;
    for (let k = 0; k < trials.length; k++) {
      const curve = curves.curveOf[selection.trials[k] as number] ?? -1;
      if (curve >= 0) trials[count++] = curve;
    }
    const xs = sampled.steps.map((step) => box.left + placeOf(x, step) * box.width);
    const band = { top: box.top, height: box.height, noneY: null };
    const lines = { places: sampled.places, xs, trials: trials.subarray(0, count), ramp };
    drawLines(pen, { ...lines, shades: shades && this.#shades.value }, band);
  }

  #drawSmooth(pen: Pen, box: Box, data: Data, { selection, shades, ramp }: Look): void {
    const trials = selection.trials.toSorted((a, b) => (shades?.[a] ?? 0) - (shades?.[b] ?? 0));
    pen.lineWidth = trials.length < 60 ? 1.5 : 1.1;
    pen.globalAlpha = trials.length < 60 ? 0.85 : 0.55;
    for (const trial of trials) {
      const shade = (shades?.[trial] ?? 0) * 3;
      this.#drawCurve(pen, box, data, trial, `rgb(${ramp[shade]}, ${ramp[shade + 1]}, ${ramp[shade + 2]})`);
    }
    pen.globalAlpha = 1;
  }

  #drawBest(pen: Pen, box: Box, data: Data, mask: Uint8Array, limit: number): void {
    let left = limit;
    for (const trial of this.#store.best.value) {
      if (left === 0) return;
      if (!mask[trial]) continue;
      left--;
      pen.lineWidth = left === limit - 1 ? 2.25 : 1;
      this.#drawCurve(pen, box, data, trial, colors.value.best);
    }
  }

  #drawCurve(pen: Pen, box: Box, { curves, x, y }: Data, trial: number, color: string): void {
    const c = curves.curveOf[trial] ?? -1;
    if (c < 0) return;
    pen.strokeStyle = color;
    pen.fillStyle = color;
    pen.beginPath();
    let open = false;
    const [from, to] = [curves.offsets[c] as number, curves.offsets[c + 1] as number];
    for (let p = from; p < to; p++) {
      const place = placeOf(y, curves.values[p] as number);
      const px = box.left + placeOf(x, curves.steps[p] as number) * box.width;
      const py = box.top + box.height - place * box.height;
      if (Number.isNaN(place)) open = false;
      else if (open) pen.lineTo(px, py);
      else pen.moveTo(px, py);
      open = !Number.isNaN(place);
      if (open && to - from === 1) pen.rect(px - 1.5, py - 1.5, 3, 3);
    }
    pen.stroke();
  }

  top(): void {
    const store = this.#store;
    const isMarked = store.pinned.value >= 0 || store.hovered.value >= 0;
    if (!isMarked && this.#rect.value === null && store.filters.value.curve === null) {
      this.#stage.clearTop();
      return;
    }
    const pen = this.#stage.layer(2);
    const data = this.#data.value;
    if (!pen || !data) return;
    const box = this.#box(pen, data);
    const theme = colors.value;
    for (const [trial, color] of [
      [this.#store.pinned.value, theme.focus],
      [this.#store.hovered.value, theme.text],
    ] as const) {
      pen.lineWidth = 4.5;
      this.#drawCurve(pen, box, data, trial, theme.surface);
      pen.lineWidth = 2.25;
      this.#drawCurve(pen, box, data, trial, color);
    }
    const rect = this.#rect.value ?? this.#selectedRect(box, data);
    if (!rect) return;
    pen.fillStyle = `${theme.accent}1c`;
    pen.strokeStyle = theme.accent;
    pen.lineWidth = 1;
    pen.fillRect(rect.left, rect.top, rect.right - rect.left, rect.bottom - rect.top);
    pen.strokeRect(rect.left + 0.5, rect.top + 0.5, rect.right - rect.left, rect.bottom - rect.top);
  }

  #selectedRect(box: Box, { x, y }: Data): Rect | null {
    const selected = this.#store.filters.value.curve;
    if (!selected) return null;
    const place = (scale: Scale, value: number) => placeOf(scale, value) || 0;
    return {
      left: box.left + place(x, selected.firstStep) * box.width,
      right: box.left + place(x, selected.lastStep) * box.width,
      top: box.top + box.height * (1 - place(y, selected.high)),
      bottom: box.top + box.height * (1 - place(y, selected.low)),
    };
  }

  start(): () => void {
    const store = this.#store;
    const { host } = this.#stage;
    const layout = () => {
      const pen = host.querySelector('canvas')?.getContext('2d');
      const data = this.#data.peek();
      return pen && data ? { data, box: this.#box(pen, data) } : null;
    };
    return followPointer(host, {
      hover: (at) => {
        const found = at && layout();
        const trial = found ? this.#find(found.box, found.data, at.x, at.y) : -1;
        store.hovered.value = trial;
        showTip(store, trial, at?.client ?? null);
      },
      box: (rect, isDone) => {
        const found = layout();
        if (!found) return;
        showTip(store, -1, null);
        this.#rect.value = isDone ? null : rect;
        const { box, data } = found;
        const step = (px: number) => valueAt(data.x, clamp((px - box.left) / box.width));
        const value = (py: number) => valueAt(data.y, clamp((box.top + box.height - py) / box.height));
        const curve = {
          firstStep: step(rect.left),
          lastStep: step(rect.right),
          low: value(rect.bottom),
          high: value(rect.top),
        };
        brush(store, { ...store.filters.peek(), curve });
      },
      click: (px, py) => {
        const found = layout();
        const trial = found ? this.#find(found.box, found.data, px, py) : -1;
        if (trial >= 0) store.pinned.value = trial === store.pinned.peek() ? -1 : trial;
        else brush(store, { ...store.filters.peek(), curve: null });
      },
    });
  }

  /** Returns the selected trial whose curve is nearest at this step; -1 for none. */
  #find(box: Box, { curves, sampled, x }: Data, px: number, py: number): number {
    const step = valueAt(x, clamp((px - box.left) / box.width));
    const { mask } = this.#store.selection.peek();
    const next = sampled.steps.findIndex((each) => each >= step);
    const k = Math.max(1, next);
    const [from, to] = [sampled.steps[k - 1] as number, sampled.steps[k] as number];
    const share = clamp((step - from) / (to - from || 1));
    const [first, second] = [sampled.places[k - 1] as Uint16Array, sampled.places[k] as Uint16Array];
    let best = 12;
    let nearest = -1;
    for (let c = 0; c < curves.trials.length; c++) {
      const trial = curves.trials[c] as number;
      if (!mask[trial]) continue;
      let [a, b] = [first[c] as number, second[c] as number];
      if (a === MISSING && b === MISSING) continue;
      if (a === MISSING) a = b;
      if (b === MISSING) b = a;
      const y = box.top + box.height - ((a + (b - a) * share) / 65_534) * box.height;
      if (Math.abs(y - py) >= best) continue;
      best = Math.abs(y - py);
      nearest = trial;
    }
    return nearest;
  }
}

const clamp = (place: number) => Math.min(1, Math.max(0, place));
