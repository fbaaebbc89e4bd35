import { computed, signal } from '@preact/signals';
import { brush } from '../store/brush.js';
import { withRanges } from '../store/filters.js';
import { KIND } from '../store/kinds.js';
import type { StudyStore } from '../store/study-store.js';
import { clean } from '../text.js';
import { drawEmpty, FONT, shorten } from './axes.js';
import { type Lanes, lanesOf } from './lanes.js';
import { followPointer, type Rect } from './pointer.js';
import type { Pen, Stage } from './stage.js';
import { type Colors, colors } from './theme.js';
import { timeTicks } from './time-ticks.js';
import { showTip } from './tip.js';
import type { Drawing } from './use-stage.js';

const TOP = 8;
const BOTTOM = 24;

type Place = { readonly left: number; readonly width: number; readonly laneHeight: number };

/** When each trial ran in which slot. */
export class TimelineDrawing implements Drawing {
  readonly #store: StudyStore;
  readonly #stage: Stage;
  readonly #rect = signal<Rect | null>(null);
  readonly #lanes = computed(() => {
    this.#store.version.value;
    return lanesOf(this.#store.columns, Date.now());
  });

  constructor(store: StudyStore, stage: Stage) {
    this.#store = store;
    this.#stage = stage;
  }

  #place(pen: Pen, { labels }: Lanes): Place {
    const { width, height } = this.#stage.size.value;
    pen.font = FONT;
    const widest = Math.max(30, ...labels.slice(0, 64).map((label) => pen.measureText(clean(label)).width));
    const left = Math.min(140, width * 0.25, widest + 16);
    const laneHeight = (height - TOP - BOTTOM) / Math.max(1, labels.length);
    return { left, width: Math.max(10, width - left - 10), laneHeight };
  }

  base(): void {
    const pen = this.#stage.layer(0);
    const lanes = this.#lanes.value;
    const theme = colors.value;
    const { width, height } = this.#stage.size.value;
    if (!pen) return;
    if (lanes.order.length === 0) {
      drawEmpty(pen, this.#stage.size.value, 'Trials appear here when they start.', theme);
      return;
    }
    const place = this.#place(pen, lanes);
    pen.textBaseline = 'middle';
    pen.textAlign = 'center';
    const base = this.#store.columns.timeBaseMs;
    for (const { at, label } of timeTicks(
      base + lanes.low,
      base + lanes.high,
      Math.floor(place.width / 90),
    )) {
      const x = Math.round(place.left + at * place.width) + 0.5;
      pen.fillStyle = theme.grid;
      pen.fillRect(x, TOP, 1, height - TOP - BOTTOM);
      pen.fillStyle = theme.muted;
      pen.fillText(label, Math.min(width - 24, x), height - 10);
    }
    pen.textAlign = 'right';
    const every = Math.max(1, Math.ceil(13 / place.laneHeight));
    for (const [k, label] of lanes.labels.entries()) {
      const y = TOP + (k + 0.5) * place.laneHeight;
      pen.fillStyle = theme.grid;
      pen.fillRect(place.left, Math.round(TOP + (k + 1) * place.laneHeight) - 0.5, place.width, 1);
      pen.fillStyle = theme.muted;
      if (k % every === 0) pen.fillText(shorten(pen, clean(label), place.left - 12), place.left - 8, y);
    }
    pen.globalAlpha = 0.35;
    this.#drawBars(pen, place, lanes, this.#store.shown.value.mask, () => theme.other);
    pen.globalAlpha = 1;
  }

  middle(): void {
    const pen = this.#stage.layer(1);
    const lanes = this.#lanes.value;
    if (!pen || lanes.order.length === 0) return;
    const place = this.#place(pen, lanes);
    const theme = colors.value;
    const kinds = this.#store.kinds.value;
    const { mask } = this.#store.selection.value;
    this.#drawBars(pen, place, lanes, mask, (trial) => colorOf(theme, kinds[trial] ?? 0));
  }

  /** Draws bars from left to right; one that would lie in pixels that are already drawn is left out. */
  #drawBars(pen: Pen, place: Place, lanes: Lanes, mask: Uint8Array, color: (trial: number) => string): void {
    const last = new Float64Array(lanes.labels.length).fill(-1);
    const attempts = this.#store.columns.values('attempts');
    const kinds = this.#store.kinds.value;
    const gap = place.laneHeight > 8 ? 1.5 : 0;
    const high = Math.max(1, Math.min(22, place.laneHeight - 2 * gap));
    const { order, laneOf } = lanes;
    for (let k = 0; k < order.length; k++) {
      const trial = order[k] as number;
      if (!mask[trial]) continue;
      const lane = laneOf[trial] as number;
      const x = startX(place, lanes, trial);
      const end = endX(place, lanes, trial);
      if (end <= (last[lane] as number)) continue;
      const from = Math.max(x, last[lane] as number);
      const wide = Math.max(0.75, end - from - (end - from > 3 ? 1 : 0));
      const y = TOP + lane * place.laneHeight + (place.laneHeight - high) / 2;
      pen.fillStyle = color(trial);
      pen.fillRect(from, y, wide, high);
      last[lane] = Math.max(end, from + 0.75);
      if (wide < 6 || high < 6) continue;
      // Pruned bars are hatched and failed ones crossed, for readers who do not see the colors.
      if (kinds[trial] === KIND.pruned) hatch(pen, from, y, wide, high);
      else if (kinds[trial] === KIND.fail) cross(pen, from, y, wide, high);
      else if (kinds[trial] === KIND.infeasible || kinds[trial] === KIND.paused)
        hollow(pen, from, y, wide, high, colors.value.surface);
      if ((attempts[trial] ?? 1) > 1) notch(pen, from, y, high, colors.value.surface);
      if (wide > 26 && high >= 11) label(pen, String(trial), from, y, wide, high);
    }
  }

  top(): void {
    const isMarked = this.#store.pinned.value >= 0 || this.#store.hovered.value >= 0;
    if (!isMarked && this.#rect.value === null) {
      this.#stage.clearTop();
      return;
    }
    const pen = this.#stage.layer(2);
    const lanes = this.#lanes.value;
    if (!pen || lanes.order.length === 0) return;
    const place = this.#place(pen, lanes);
    const theme = colors.value;
    for (const [trial, color] of [
      [this.#store.pinned.value, theme.focus],
      [this.#store.hovered.value, theme.text],
    ] as const) {
      const lane = lanes.laneOf[trial] ?? -1;
      if (lane < 0) continue;
      const [x, end] = [startX(place, lanes, trial), endX(place, lanes, trial)];
      pen.strokeStyle = color;
      pen.lineWidth = 2;
      const high = Math.max(4, Math.min(24, place.laneHeight));
      const y = TOP + lane * place.laneHeight + (place.laneHeight - high) / 2;
      pen.strokeRect(x - 1, y, Math.max(3, end - x + 1), high);
    }
    const rect = this.#rect.value;
    if (!rect) return;
    pen.fillStyle = `${theme.accent}28`;
    pen.fillRect(rect.left, TOP, rect.right - rect.left, this.#stage.size.value.height - TOP - BOTTOM);
  }

  start(): () => void {
    const store = this.#store;
    const { host } = this.#stage;
    const layout = () => {
      const pen = host.querySelector('canvas')?.getContext('2d');
      const lanes = this.#lanes.peek();
      return pen && lanes.order.length > 0 ? { lanes, place: this.#place(pen, lanes) } : null;
    };
    const find = (x: number, y: number) => {
      const found = layout();
      if (!found) return -1;
      const { mask } = store.selection.peek();
      const lane = Math.floor((y - TOP) / found.place.laneHeight);
      return (
        found.lanes.order.findLast((trial) => {
          if (!mask[trial] || found.lanes.laneOf[trial] !== lane) return false;
          const { place, lanes } = found;
          return x >= startX(place, lanes, trial) - 2 && x <= endX(place, lanes, trial) + 2;
        }) ?? -1
      );
    };
    return followPointer(host, {
      hover: (at) => {
        const trial = at ? find(at.x, at.y) : -1;
        store.hovered.value = trial;
        showTip(store, trial, at?.client ?? null);
      },
      box: (rect, isDone) => {
        const found = layout();
        if (!found) return;
        showTip(store, -1, null);
        this.#rect.value = isDone ? null : rect;
        const { lanes, place } = found;
        const time = (x: number) =>
          store.columns.timeBaseMs + lanes.low + ((x - place.left) / place.width) * (lanes.high - lanes.low);
        const [low, high] = [time(rect.left), time(rect.right)];
        // Those that ran at some time between the two.
        const changes = {
          start: { key: 'start', low: Number.NEGATIVE_INFINITY, high, missing: false },
          end: { key: 'end', low, high: Number.POSITIVE_INFINITY, missing: true },
        };
        brush(store, withRanges(store.filters.peek(), changes));
      },
      click: (x, y) => {
        const trial = find(x, y);
        if (trial >= 0) store.pinned.value = trial === store.pinned.peek() ? -1 : trial;
        else brush(store, withRanges(store.filters.peek(), { start: null, end: null }));
      },
    });
  }
}

function startX({ left, width }: Place, { starts, low, high }: Lanes, trial: number): number {
  return left + (((starts[trial] as number) - low) * width) / (high - low || 1);
}

/** At least most of a pixel after the start. */
function endX(place: Place, lanes: Lanes, trial: number): number {
  const { ends, low, high } = lanes;
  const end = place.left + (((ends[trial] as number) - low) * place.width) / (high - low || 1);
  return Math.max(end, startX(place, lanes, trial) + 0.75);
}

function colorOf(theme: Colors, kind: number): string {
  if (kind === KIND.pruned) return theme.pruned;
  if (kind === KIND.fail) return theme.fail;
  if (kind === KIND.running || kind === KIND.paused) return theme.running;
  return kind === KIND.infeasible ? theme.infeasible : theme.complete;
}

function hatch(pen: Pen, x: number, y: number, wide: number, high: number): void {
  pen.save();
  pen.beginPath();
  pen.rect(x, y, wide, high);
  pen.clip();
  pen.strokeStyle = 'rgba(0, 0, 0, 0.28)';
  pen.lineWidth = 1;
  pen.beginPath();
  for (let at = x - high; at < x + wide; at += 5) {
    pen.moveTo(at, y + high);
    pen.lineTo(at + high, y);
  }
  pen.stroke();
  pen.restore();
}

function cross(pen: Pen, x: number, y: number, wide: number, high: number): void {
  pen.strokeStyle = 'rgba(0, 0, 0, 0.4)';
  pen.lineWidth = 1;
  pen.beginPath();
  pen.moveTo(x, y);
  pen.lineTo(x + wide, y + high);
  pen.moveTo(x, y + high);
  pen.lineTo(x + wide, y);
  pen.stroke();
}

function hollow(pen: Pen, x: number, y: number, wide: number, high: number, color: string): void {
  pen.save();
  pen.globalAlpha *= 0.55;
  pen.fillStyle = color;
  pen.fillRect(x + 2, y + 2, wide - 4, high - 4);
  pen.restore();
}

/** Marks a trial that had more than one attempt. */
function notch(pen: Pen, x: number, y: number, high: number, color: string): void {
  pen.fillStyle = color;
  pen.beginPath();
  pen.moveTo(x, y);
  pen.lineTo(x + Math.min(7, high), y);
  pen.lineTo(x, y + Math.min(7, high));
  pen.fill();
}

function label(pen: Pen, text: string, x: number, y: number, wide: number, high: number): void {
  pen.font = FONT;
  pen.fillStyle = 'rgba(255, 255, 255, 0.95)';
  pen.textAlign = 'center';
  pen.textBaseline = 'middle';
  if (pen.measureText(text).width < wide - 6) pen.fillText(text, x + wide / 2, y + high / 2 + 0.5);
}
