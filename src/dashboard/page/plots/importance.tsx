import type { ImportanceInfo } from '../../protocol.js';
import type { StudyStore } from '../store/study-store.js';
import { clean } from '../text.js';
import { Panel } from '../ui/panel.js';
import { drawEmpty, FONT, shorten } from './axes.js';
import type { Pen, Size, Stage } from './stage.js';
import { type Colors, colors } from './theme.js';
import { type Drawing, useStage } from './use-stage.js';

const ROW = 26;

/** How much of the variance of the objective each parameter explains, with intervals. */
export function Importance({ store }: { readonly store: StudyStore }) {
  const info = store.importance.value;
  const host = useStage('Importance of each parameter', (stage) => new ImportanceDrawing(store, stage), [
    store,
  ]);
  const count = info?.rows.length ?? 0;
  const notes = info?.notes ?? [];
  return (
    <Panel
      name="importance"
      title="Importance"
      hint="Share of the variance, with the middle 80 % of the trees"
    >
      <div class="importance-rows">
        <div
          class="canvas canvas-importance"
          style={{ minHeight: `${Math.max(120, count * ROW + 20)}px` }}
          ref={host}
        />
      </div>
      {notes.length > 0 ? <p class="note">{notes.map(clean).join('. ')}</p> : null}
      {count > 0 ? (
        <ul class="hidden-text">
          {info?.rows.map(({ name, value, low, high }) => (
            <li key={name}>
              {clean(name)}: {percent(value)}, from {percent(low)} to {percent(high)}
            </li>
          ))}
        </ul>
      ) : null}
    </Panel>
  );
}

class ImportanceDrawing implements Drawing {
  readonly #store: StudyStore;
  readonly #stage: Stage;

  constructor(store: StudyStore, stage: Stage) {
    this.#store = store;
    this.#stage = stage;
  }

  base(): void {
    const pen = this.#stage.layer(0);
    const info = this.#store.importance.value;
    const size = this.#stage.size.value;
    if (!pen) return;
    if (!info) drawEmpty(pen, size, 'Computing\u2026', colors.value);
    else if (info.none !== null || info.rows.length === 0) drawEmpty(pen, size, reasonOf(info), colors.value);
    else drawRows(pen, size, info, colors.value);
  }

  middle(): void {}
  top(): void {}

  start(): () => void {
    return () => {};
  }
}

function reasonOf({ none }: ImportanceInfo): string {
  if (none === null || none.startsWith('too few'))
    return `${clean(none ?? 'Too few')}: more complete trials are needed to tell parameters apart.`;
  return clean(none);
}

function drawRows(pen: Pen, { width }: Size, { rows }: ImportanceInfo, theme: Colors): void {
  pen.font = FONT;
  const labels = Math.min(
    width * 0.36,
    Math.max(...rows.map(({ name }) => pen.measureText(clean(name)).width)) + 6,
  );
  const left = labels + 12;
  const right = width - 52;
  const top = Math.max(0.01, ...rows.map(({ high, value }) => Math.max(high, value)));
  const at = (value: number) => left + (Math.max(0, value) / top) * (right - left);
  pen.textBaseline = 'middle';
  for (const [k, { name, value, low, high }] of rows.entries()) {
    const y = 14 + k * ROW;
    pen.textAlign = 'right';
    pen.fillStyle = theme.text;
    pen.fillText(shorten(pen, clean(name), labels), labels + 2, y);
    pen.fillStyle = `${theme.accent}${k === 0 ? 'dd' : '99'}`;
    pen.fillRect(left, y - 7, Math.max(1, at(value) - left), 14);
    pen.strokeStyle = theme.text;
    pen.lineWidth = 1.25;
    pen.beginPath();
    pen.moveTo(at(low), y);
    pen.lineTo(at(high), y);
    for (const end of [low, high]) {
      pen.moveTo(at(end), y - 3.5);
      pen.lineTo(at(end), y + 3.5);
    }
    pen.stroke();
    pen.textAlign = 'left';
    pen.fillStyle = theme.muted;
    pen.fillText(percent(value), right + 10, y);
  }
}

function percent(share: number): string {
  const value = share * 100;
  return `${value < 9.95 ? value.toFixed(1) : Math.round(value)} %`;
}
