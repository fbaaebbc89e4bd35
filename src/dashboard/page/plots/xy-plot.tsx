import { signal } from '@preact/signals';
import { brush } from '../store/brush.js';
import { MISSING } from '../store/fields.js';
import { type Range, withRanges } from '../store/filters.js';
import { type Scale, valueAt } from '../store/scale.js';
import type { StudyStore } from '../store/study-store.js';
import { boxOf, drawAxes, drawEmpty, labelWidth } from './axes.js';
import { type Box, pixelX, pixelY } from './box.js';
import { CellIndex } from './density.js';
import { followPointer, type Rect } from './pointer.js';
import { drawPoints, nearestPoint, type Style } from './scatter.js';
import type { Pen, Stage } from './stage.js';
import { stylesOf } from './styles.js';
import { colors, rgbOf } from './theme.js';
import { showTip } from './tip.js';
import { type Drawing, useStage } from './use-stage.js';

/** What a plot adds to the points. */
export type Decoration = {
  /** Below the points; drawn when the data change. */
  base(pen: Pen, box: Box): void;
  /** Above the points; drawn when the selection changes. */
  middle(pen: Pen, box: Box): void;
  /** It fills the plot, so that no grid is drawn. */
  readonly hasAreas: boolean;
  /** By trial: an index of `styles`. Null: the state of the trial. */
  readonly kinds: (() => { kinds: Uint8Array; styles: readonly Style[] }) | null;
};

export type XyPlotProps = {
  readonly store: StudyStore;
  readonly xKey: string;
  readonly yKey: string;
  readonly label: string;
  readonly decoration: Decoration;
  /** Shown when no trial has a place in the plot. */
  readonly empty: string;
  readonly className?: string;
};

export const PLAIN: Decoration = { base: () => {}, middle: () => {}, hasAreas: false, kinds: null };

/** A plot of two fields: every trial is a point, a drawn box selects. */
export function XyPlot(props: XyPlotProps) {
  const { store, xKey, yKey, label, decoration } = props;
  const host = useStage(label, (stage) => new XyDrawing(stage, props), [store, xKey, yKey, decoration]);
  return <div class={`canvas ${props.className ?? ''}`} ref={host} />;
}

class XyDrawing implements Drawing {
  readonly #stage: Stage;
  readonly #props: XyPlotProps;
  readonly #rect = signal<Rect | null>(null);
  readonly #cells = new CellIndex();

  constructor(stage: Stage, props: XyPlotProps) {
    this.#stage = stage;
    this.#props = props;
  }

  /** Everything that places points; reads only signals that change with the data and the size. */
  #layout(pen: Pen): { box: Box; xs: Uint16Array; ys: Uint16Array; x: Scale; y: Scale } | null {
    const { store, xKey, yKey } = this.#props;
    const scales = store.scales.value;
    const [x, y] = [scales.get(xKey), scales.get(yKey)];
    if (!x || !y) return null;
    const [xs, ys] = [store.places(xKey), store.places(yKey)];
    const size = this.#stage.size.value;
    const labels = labelWidth(pen, y, size.height);
    const box = boxOf(size, { noneX: store.hasNone(xKey), noneY: store.hasNone(yKey), labels });
    return { box, xs, ys, x, y };
  }

  #kinds(): { kinds: Uint8Array; styles: readonly Style[] } {
    const { store, decoration } = this.#props;
    return decoration.kinds?.() ?? { kinds: store.kinds.value, styles: stylesOf(colors.value) };
  }

  base(): void {
    const { store, decoration, xKey, yKey, empty } = this.#props;
    const pen = this.#stage.layer(0);
    const theme = colors.value;
    const layout = pen && this.#layout(pen);
    if (!pen || !layout) return;
    const { box, xs, ys, x, y } = layout;
    const shown = store.shown.value;
    const hasValue = ys.some((place, k) => place !== MISSING && shown.mask[k]);
    // Trials without a value keep their place below.
    if (!hasValue && (shown.count === 0 || xs.every((place) => place === MISSING))) {
      drawEmpty(pen, this.#stage.size.value, empty, theme);
      return;
    }
    const [xField, yField] = [store.fields.value.get(xKey), store.fields.value.get(yKey)];
    if (hasValue) decoration.base(pen, box);
    drawAxes(pen, box, {
      x,
      y: hasValue ? y : { ...y, choices: [] },
      xTitle: titleOf(xField?.label ?? '', xField?.direction ?? null, x),
      yTitle: titleOf(yField?.label ?? '', yField?.direction ?? null, y),
      colors: theme,
      hasGrid: hasValue && !decoration.hasAreas,
    });
    if (!hasValue) drawEmpty(pen, this.#stage.size.value, empty, theme);
    // Of the same kinds as above, so that trials are counted once for both, but of one color.
    const { kinds, styles: colored } = this.#kinds();
    const styles = colored.map(() => ({ color: rgbOf(theme.other), ring: false }));
    const points = { xs, ys, trials: shown.trials, kinds, styles, cells: this.#cells };
    drawPoints(pen, this.#stage.size.value, box, points, 0.5);
  }

  middle(): void {
    const { store, decoration } = this.#props;
    const pen = this.#stage.layer(1);
    const layout = pen && this.#layout(pen);
    if (!pen || !layout) return;
    const { trials } = store.selection.value;
    const { kinds, styles } = this.#kinds();
    drawPoints(pen, this.#stage.size.value, layout.box, {
      ...layout,
      trials,
      kinds,
      styles,
      cells: this.#cells,
    });
    decoration.middle(pen, layout.box);
  }

  top(): void {
    const { store } = this.#props;
    const isMarked = store.pinned.value >= 0 || store.hovered.value >= 0;
    if (!isMarked && this.#rect.value === null && this.#selectedRanges() === null) {
      this.#stage.clearTop();
      return;
    }
    const pen = this.#stage.layer(2);
    const layout = pen && this.#layout(pen);
    if (!pen || !layout) return;
    const { box, xs, ys } = layout;
    const theme = colors.value;
    for (const [trial, color] of [
      [store.pinned.value, theme.focus],
      [store.hovered.value, theme.text],
    ] as const) {
      const [px, py] = [xs[trial], ys[trial]];
      if (px === undefined || py === undefined) continue;
      const [x, y] = [pixelX(box, px, trial), pixelY(box, py, trial)];
      pen.lineWidth = 2;
      pen.strokeStyle = theme.surface;
      ring(pen, x, y, 7.5);
      pen.strokeStyle = color;
      ring(pen, x, y, 5.5);
    }
    const rect = this.#rect.value ?? this.#selectedRect(layout);
    if (!rect) return;
    pen.fillStyle = `${theme.accent}1c`;
    pen.strokeStyle = theme.accent;
    pen.lineWidth = 1;
    const [width, height] = [rect.right - rect.left, rect.bottom - rect.top];
    pen.fillRect(rect.left, rect.top, width, height);
    pen.strokeRect(Math.round(rect.left) + 0.5, Math.round(rect.top) + 0.5, width, height);
  }

  /** The ranges of both axes in the present selection; null unless both have one. */
  #selectedRanges(): readonly [Range, Range] | null {
    const { store, xKey, yKey } = this.#props;
    const { ranges } = store.filters.value;
    const [rangeX, rangeY] = [xKey, yKey].map((key) => ranges.find((range) => range.key === key));
    return rangeX && rangeY && xKey !== yKey ? [rangeX, rangeY] : null;
  }

  /** The box of the present selection, when both axes have a range. */
  #selectedRect({ box, x, y }: { box: Box; x: Scale; y: Scale }): Rect | null {
    const [rangeX, rangeY] = this.#selectedRanges() ?? [];
    if (!rangeX || !rangeY) return null;
    const at = (scale: Scale, value: number) => clampedPlace(scale, value);
    return {
      left: box.left + at(x, rangeX.low) * box.width,
      right: box.left + at(x, rangeX.high) * box.width,
      top: box.top + box.height - at(y, rangeY.high) * box.height,
      bottom: box.top + box.height - at(y, rangeY.low) * box.height,
    };
  }

  start(): () => void {
    const { store, xKey, yKey } = this.#props;
    const { host } = this.#stage;
    const find = (x: number, y: number) => {
      const pen = this.#stage.host.querySelector('canvas')?.getContext('2d');
      const layout = pen && this.#layout(pen);
      return layout
        ? nearestPoint(layout.box, { ...layout, trials: store.selection.value.trials }, x, y)
        : -1;
    };
    return followPointer(host, {
      hover: (at) => {
        const trial = at ? find(at.x, at.y) : -1;
        store.hovered.value = trial;
        showTip(store, trial, at?.client ?? null);
      },
      box: (rect, isDone) => {
        const pen = host.querySelector('canvas')?.getContext('2d');
        const layout = pen && this.#layout(pen);
        if (!layout) return;
        showTip(store, -1, null);
        this.#rect.value = isDone ? null : rect;
        const { box, x, y } = layout;
        const changes: Record<string, Range | null> = {
          [xKey]: rangeOf(xKey, x, (rect.left - box.left) / box.width, (rect.right - box.left) / box.width),
        };
        const bottom = box.top + box.height;
        changes[yKey] = rangeOf(
          yKey,
          y,
          (bottom - rect.bottom) / box.height,
          (bottom - rect.top) / box.height,
        );
        brush(store, withRanges(store.filters.peek(), changes));
      },
      click: (x, y) => {
        const trial = find(x, y);
        if (trial >= 0) store.pinned.value = store.pinned.peek() === trial ? -1 : trial;
        else brush(store, withRanges(store.filters.peek(), { [xKey]: null, [yKey]: null }));
      },
    });
  }
}

function ring(pen: Pen, x: number, y: number, radius: number): void {
  pen.beginPath();
  pen.arc(x, y, radius, 0, 2 * Math.PI);
  pen.stroke();
}

function clampedPlace(scale: Scale, value: number): number {
  const steps = scale.choices ? (value + 0.5) / scale.choices.length : placeOfValue(scale, value);
  return Math.min(1, Math.max(0, steps));
}

function placeOfValue(scale: Scale, value: number): number {
  if (scale.log) {
    const [low, high] = [Math.log(scale.low), Math.log(scale.high)];
    return value <= 0 ? 0 : (Math.log(value) - low) / (high - low || 1);
  }
  return (value - scale.low) / (scale.high - scale.low || 1);
}

/** Returns the range between two places of an axis. Beyond the lower end it includes trials without a value. */
export function rangeOf(key: string, scale: Scale, from: number, to: number): Range {
  const low = from <= 0 ? Number.NEGATIVE_INFINITY : valueAt(scale, Math.min(1, from));
  const high = to >= 1 ? Number.POSITIVE_INFINITY : valueAt(scale, Math.max(0, to));
  const missing = from < 0;
  // A range that lies in the strip alone has no values.
  return to < 0 ? { key, low: 1, high: 0, missing } : { key, low, high, missing };
}

/** An arrow says which way is better. */
function titleOf(label: string, direction: 'minimize' | 'maximize' | null, scale: Scale): string {
  const arrow = direction === null ? '' : direction === 'minimize' ? ' \u2193' : ' \u2191';
  const notes = [scale.log ? 'log' : '', scale.clipped > 0 ? `${scale.clipped} beyond` : ''].filter(Boolean);
  return `${label}${arrow}${notes.length > 0 ? `  (${notes.join(', ')})` : ''}`;
}
