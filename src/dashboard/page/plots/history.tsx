import { useMemo } from 'preact/hooks';
import { KIND } from '../store/kinds.js';
import { placeOf } from '../store/scale.js';
import type { StudyStore } from '../store/study-store.js';
import { Panel } from '../ui/panel.js';
import { AxisTools } from './axis-tools.js';
import type { Box } from './box.js';
import type { Pen } from './stage.js';
import { colors } from './theme.js';
import { type Decoration, XyPlot } from './xy-plot.js';

/** Up to so many selected trials show the deviation of their repeats. */
const BARS = 400;

/** Values by trial, with the best so far as a line and the deviation of repeats as bars. */
export function History({ store }: { readonly store: StudyStore }) {
  const decoration = useMemo(() => new HistoryDecoration(store), [store]);
  return (
    <Panel
      name="history"
      title="History"
      hint="Value of each trial; the line is the best so far"
      tools={<AxisTools store={store} fieldKey="value:0" />}
    >
      <XyPlot
        store={store}
        xKey="number"
        yKey="value:0"
        label="History: the objective of each trial and the best so far"
        decoration={decoration}
        empty="The first finished trial appears here."
        className="canvas-tall"
      />
    </Panel>
  );
}

class HistoryDecoration implements Decoration {
  readonly kinds = null;
  readonly hasAreas = false;
  readonly #store: StudyStore;

  constructor(store: StudyStore) {
    this.#store = store;
  }

  base(): void {}

  middle(pen: Pen, box: Box): void {
    this.#drawBars(pen, box);
    this.#drawBest(pen, box);
  }

  #drawBest(pen: Pen, box: Box): void {
    const { columns } = this.#store;
    const [x, y] = [this.#store.scales.value.get('number'), this.#store.scales.value.get('value:0')];
    const direction = this.#store.info.value?.objectives[0]?.direction;
    if (!x || !y || !direction) return;
    const { values: means, isWhole } = this.#store.means.value;
    // As in the ranking: a configuration without all its repeats counts only while none has them.
    const anyWhole = isWhole.includes(1);
    const kinds = this.#store.kinds.value;
    const sign = direction === 'maximize' ? -1 : 1;
    const bottom = box.top + box.height;
    let best = Number.POSITIVE_INFINITY;
    let py = Number.NaN;
    pen.strokeStyle = colors.value.best;
    pen.lineWidth = 2;
    pen.lineJoin = 'round';
    pen.beginPath();
    let px = 0;
    for (let k = 0; k < columns.total; k++) {
      if (kinds[k] !== KIND.complete || (anyWhole && !isWhole[k]) || !(sign * (means[k] as number) < best))
        continue;
      best = sign * (means[k] as number);
      px = box.left + placeOf(x, k) * box.width;
      const next = bottom - placeOf(y, means[k] as number) * box.height;
      if (Number.isNaN(py)) pen.moveTo(px, next);
      else {
        pen.lineTo(px, py);
        pen.lineTo(px, next);
      }
      py = next;
    }
    if (!Number.isNaN(py)) pen.lineTo(box.left + box.width, py);
    pen.stroke();
  }

  #drawBars(pen: Pen, box: Box): void {
    const { mask, count } = this.#store.selection.value;
    const { columns } = this.#store;
    const deviations = columns.values('std:0');
    const [x, y] = [this.#store.scales.value.get('number'), this.#store.scales.value.get('value:0')];
    if (count > BARS || deviations.length === 0 || !x || !y) return;
    const { values: means } = this.#store.means.value;
    const bottom = box.top + box.height;
    pen.strokeStyle = colors.value.complete;
    pen.globalAlpha = 0.45;
    pen.lineWidth = 1;
    pen.beginPath();
    for (let k = 0; k < mask.length; k++) {
      const [mean, std] = [means[k] as number, deviations[k] ?? Number.NaN];
      if (!mask[k] || Number.isNaN(mean) || !(std > 0)) continue;
      const px = Math.round(box.left + placeOf(x, k) * box.width) + 0.5;
      const lower = placeOf(y, mean - std);
      pen.moveTo(px, bottom - (Number.isNaN(lower) ? 0 : lower) * box.height);
      pen.lineTo(px, bottom - placeOf(y, mean + std) * box.height);
    }
    pen.stroke();
    pen.globalAlpha = 1;
  }
}
