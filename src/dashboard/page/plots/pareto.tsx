import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { MISSING } from '../store/fields.js';
import type { StudyStore } from '../store/study-store.js';
import { formatNumber } from '../text.js';
import { Choice } from '../ui/choice.js';
import { Panel } from '../ui/panel.js';
import { AxisTools } from './axis-tools.js';
import { type Box, pixelX, pixelY } from './box.js';
import type { Style } from './scatter.js';
import type { Pen } from './stage.js';
import { stylesOf } from './styles.js';
import { colors, rampOf } from './theme.js';
import { type Decoration, XyPlot } from './xy-plot.js';

const SHADES = 16;

/** The front of two objectives; a third one is the color. With one objective: the objective against training time. */
export function Pareto({ store }: { readonly store: StudyStore }) {
  const objectives = [...store.fields.value.values()].filter(({ group }) => group === 'objective');
  const axes = useSignal<readonly [number, number]>([0, 1]);
  const isSingle = objectives.length < 2;
  const [first, second] = axes.value;
  const third = objectives.length > 2 ? [0, 1, 2].find((k) => k !== first && k !== second) : undefined;
  const thirdScale = store.scales.value.get(`value:${third ?? 0}`);
  const decoration = useMemo(
    () => new ParetoDecoration(store, isSingle ? null : [`value:${first}`, `value:${second}`], third ?? null),
    [store, isSingle, first, second, third],
  );
  const [xKey, yKey] = isSingle ? ['duration', 'value:0'] : [`value:${first}`, `value:${second}`];
  const options = objectives.map(({ label }, k) => [String(k), label] as const);
  const setX = (value: string) => {
    axes.value = [Number(value), Number(value) === second ? first : second];
  };
  const setY = (value: string) => {
    axes.value = [Number(value) === first ? second : first, Number(value)];
  };
  const front = store.info.value?.bestTrials.length ?? 0;
  const hint = isSingle
    ? 'What a trial cost'
    : `${front} on the front${third === undefined ? '' : `; color: ${objectives[third]?.label}`}`;
  return (
    <Panel
      name="pareto"
      title={isSingle ? 'Value and time' : 'Pareto front'}
      hint={hint}
      tools={
        objectives.length > 2 ? (
          <>
            <Choice label="x" value={String(first)} options={options} onChange={setX} />
            <Choice label="y" value={String(second)} options={options} onChange={setY} />
          </>
        ) : (
          <AxisTools store={store} fieldKey={yKey as string} />
        )
      }
    >
      <XyPlot
        store={store}
        xKey={xKey as string}
        yKey={yKey as string}
        label={isSingle ? 'The objective against training time' : 'Pareto front of the objectives'}
        decoration={decoration}
        empty="Finished trials appear here."
      />
      {third === undefined || !thirdScale ? null : (
        <RampLegend store={store} fieldKey={`value:${third}`} low={thirdScale.low} high={thirdScale.high} />
      )}
    </Panel>
  );
}

class ParetoDecoration implements Decoration {
  readonly #store: StudyStore;
  readonly #keys: readonly string[] | null;
  readonly kinds: Decoration['kinds'];
  readonly hasAreas = false;

  constructor(store: StudyStore, keys: readonly string[] | null, third: number | null) {
    this.#store = store;
    this.#keys = keys;
    this.kinds = third === null ? null : () => shadedKinds(store, `value:${third}`);
  }

  base(): void {}

  /** Marks the front; with two objectives, as the line that bounds what was reached. */
  middle(pen: Pen, box: Box): void {
    const [xKey, yKey] = this.#keys ?? [];
    const info = this.#store.info.value;
    if (!xKey || !yKey || !info) return;
    const [xs, ys] = [this.#store.places(xKey), this.#store.places(yKey)];
    const { mask } = this.#store.shown.value;
    const points = info.bestTrials
      .filter((trial) => mask[trial] && xs[trial] !== MISSING && ys[trial] !== MISSING)
      .map(
        (trial) =>
          [pixelX(box, xs[trial] as number, trial), pixelY(box, ys[trial] as number, trial)] as const,
      )
      .sort((a, b) => a[0] - b[0]);
    pen.strokeStyle = colors.value.best;
    pen.lineWidth = 1.5;
    if (info.objectives.length === 2) {
      const isLowX = info.objectives[0]?.direction === 'minimize';
      pen.beginPath();
      for (const [k, [x, y]] of points.entries()) {
        const before = points[k - 1];
        if (!before) pen.moveTo(x, y);
        else {
          // The corner lies on the side that no trial dominates.
          if (isLowX) pen.lineTo(x, before[1]);
          else pen.lineTo(before[0], y);
          pen.lineTo(x, y);
        }
      }
      pen.globalAlpha = 0.7;
      pen.stroke();
      pen.globalAlpha = 1;
    }
    for (const [x, y] of points) {
      pen.beginPath();
      pen.arc(x, y, 5, 0, 2 * Math.PI);
      pen.stroke();
    }
  }
}

/** Colors by a third objective, in steps. Trials that are not complete keep their own style. */
function shadedKinds(store: StudyStore, key: string): { kinds: Uint8Array; styles: readonly Style[] } {
  const places = store.places(key);
  const base = stylesOf(colors.value);
  const ramp = rampOf(colors.value.dark);
  const isLow = store.fields.value.get(key)?.direction === 'minimize';
  const shades = Array.from({ length: SHADES }, (_, k): Style => {
    const at = Math.round((k / (SHADES - 1)) * 255) * 3;
    return { color: [ramp[at] as number, ramp[at + 1] as number, ramp[at + 2] as number], ring: false };
  });
  const kinds = Uint8Array.from(store.kinds.value, (kind, trial) => {
    const place = places[trial] as number;
    if (kind !== 0 || place === MISSING) return kind;
    const share = (isLow ? 65_534 - place : place) / 65_535;
    return base.length + Math.floor(share * SHADES);
  });
  return { kinds, styles: [...base, ...shades] };
}

/** The colors of a field from its worst to its best value. */
export function RampLegend({
  store,
  fieldKey,
  low,
  high,
}: {
  readonly store: StudyStore;
  readonly fieldKey: string;
  readonly low: number;
  readonly high: number;
}) {
  const field = store.fields.value.get(fieldKey);
  if (!field) return null;
  const isLow = field.direction === 'minimize';
  const [worst, best] = isLow ? [high, low] : [low, high];
  return (
    <div class="ramp">
      <span>{field.label}</span>
      <span class="number">{formatNumber(worst)}</span>
      <span class="ramp-bar" aria-hidden="true" />
      <span class="number">{formatNumber(best)}</span>
    </div>
  );
}
