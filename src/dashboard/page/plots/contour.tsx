import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { KIND } from '../store/kinds.js';
import type { StudyStore } from '../store/study-store.js';
import { Choice } from '../ui/choice.js';
import { Panel } from '../ui/panel.js';
import type { Box } from './axes.js';
import { type Grid, gridOf } from './contour-grid.js';
import { RampLegend } from './pareto.js';
import type { Pen } from './stage.js';
import { colors, rampOf, rgbOf } from './theme.js';
import { type Decoration, XyPlot } from './xy-plot.js';

const LEVELS = 12;

/** The objective over two parameters: smoothed means as areas, trials as points. */
export function Contour({ store }: { readonly store: StudyStore }) {
  const parameters = [...store.fields.value.values()].filter(({ group }) => group === 'parameter');
  const chosen = useSignal<readonly [string | null, string | null]>([null, null]);
  const ranked = store.importance.value?.rows.map(({ name }) => `param:${name}`) ?? [];
  const keys = parameters.map(({ key }) => key);
  const fallback = [
    ...ranked.filter((key) => keys.includes(key)),
    ...keys.filter((key) => !ranked.includes(key)),
  ];
  const xKey = chosen.value[0] ?? fallback[0] ?? 'number';
  const yKey = chosen.value[1] ?? fallback.find((key) => key !== xKey) ?? 'value:0';
  const decoration = useMemo(() => new ContourDecoration(store, xKey, yKey), [store, xKey, yKey]);
  const options = parameters.map(({ key, label }) => [key, label] as const);
  return (
    <Panel
      name="contour"
      title="Contour"
      hint="The objective over two parameters"
      tools={
        <>
          <Choice
            label="x"
            value={xKey}
            options={options}
            onChange={(key) => {
              chosen.value = [key, key === yKey ? xKey : yKey];
            }}
          />
          <Choice
            label="y"
            value={yKey}
            options={options}
            onChange={(key) => {
              chosen.value = [key === xKey ? yKey : xKey, key];
            }}
          />
        </>
      }
    >
      <XyPlot
        store={store}
        xKey={xKey}
        yKey={yKey}
        label="Contour: the objective over two parameters"
        decoration={decoration}
        empty="Finished trials appear here."
      />
      <RampLegend store={store} fieldKey="value:0" />
    </Panel>
  );
}

/** Dots that stand out from every color of the areas. */
function plainKinds(store: StudyStore): ReturnType<NonNullable<Decoration['kinds']>> {
  const color = rgbOf(colors.value.text);
  const style = { color, ring: false };
  return {
    kinds: store.kinds.value,
    styles: KINDS.map((kind) => ({ ...style, ring: kind !== KIND.complete })),
  };
}

const KINDS = Object.values(KIND);

class ContourDecoration implements Decoration {
  readonly kinds: Decoration['kinds'];
  readonly #store: StudyStore;
  readonly #xKey: string;
  readonly #yKey: string;

  constructor(store: StudyStore, xKey: string, yKey: string) {
    this.#store = store;
    this.#xKey = xKey;
    this.#yKey = yKey;
    this.kinds = () => plainKinds(store);
  }

  middle(): void {}

  base(pen: Pen, box: Box): void {
    const store = this.#store;
    const kinds = store.kinds.value;
    const shown = store.shown.value.mask;
    // Only complete trials: the last value of a pruned one is worse than it would have become.
    const mask = shown.map((isShown, k) => (isShown && (kinds[k] === 0 || kinds[k] === 3) ? 1 : 0));
    const [xs, ys] = [store.places(this.#xKey), store.places(this.#yKey)];
    const choices = (key: string) => store.fields.value.get(key)?.choices?.length ?? null;
    const values = store.places('value:0');
    const [xChoices, yChoices] = [choices(this.#xKey), choices(this.#yKey)];
    const grid = gridOf({ xs, ys, values, mask, xChoices, yChoices });
    if (!(grid.high > grid.low)) return;
    this.#paint(pen, box, grid);
  }

  #paint(pen: Pen, box: Box, { columns, rows, values, low, high }: Grid): void {
    const isLow = this.#store.fields.value.get('value:0')?.direction !== 'maximize';
    const ramp = rampOf(colors.value.dark);
    const image = new ImageData(columns, rows);
    for (let row = 0; row < rows; row++)
      for (let column = 0; column < columns; column++) {
        const value = values[row * columns + column] as number;
        if (Number.isNaN(value)) continue;
        const share = (value - low) / (high - low);
        const level = Math.min(LEVELS - 1, Math.floor(share * LEVELS)) / (LEVELS - 1);
        const at = Math.round((isLow ? 1 - level : level) * 255) * 3;
        const to = ((rows - 1 - row) * columns + column) * 4;
        for (let part = 0; part < 3; part++) image.data[to + part] = ramp[at + part] as number;
        image.data[to + 3] = 150;
      }
    const canvas = document.createElement('canvas');
    canvas.width = columns;
    canvas.height = rows;
    canvas.getContext('2d')?.putImageData(image, 0, 0);
    pen.save();
    // Between two choices there is nothing.
    pen.imageSmoothingEnabled = columns === rows;
    pen.imageSmoothingQuality = 'high';
    pen.drawImage(canvas, box.left, box.top, box.width, box.height);
    pen.restore();
  }
}
