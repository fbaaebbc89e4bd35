import { signal, useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { KIND } from '../store/kinds.js';
import { type Scale, valueAt } from '../store/scale.js';
import type { StudyStore } from '../store/study-store.js';
import { formatNumber } from '../text.js';
import { Choice } from '../ui/choice.js';
import { Panel } from '../ui/panel.js';
import { FONT } from './axes.js';
import type { Box } from './box.js';
import { type Grid, gridOf } from './contour-grid.js';
import { isolinesOf, labelPlaces } from './isolines.js';
import { RampLegend } from './pareto.js';
import type { Pen } from './stage.js';
import { colors, rampOf, rgbOf } from './theme.js';
import { type Decoration, XyPlot } from './xy-plot.js';

const LEVELS = 12;
/** Lines of equal values. */
const LINES = 5;

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
  const yKey = chosen.value[1] ?? fallback.find((key) => key !== xKey) ?? null;
  const decoration = useMemo(() => new ContourDecoration(store, xKey, yKey ?? xKey), [store, xKey, yKey]);
  const options = parameters.map(({ key, label }) => [key, label] as const);
  return (
    <Panel
      name="contour"
      title="Contour"
      hint="The objective over two parameters"
      tools={
        parameters.length < 2 ? null : (
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
              value={yKey ?? ''}
              options={options}
              onChange={(key) => {
                chosen.value = [key === xKey ? yKey : xKey, key];
              }}
            />
          </>
        )
      }
    >
      {yKey === null ? (
        <p class="empty">A contour needs two parameters; the slice shows one.</p>
      ) : (
        <>
          <XyPlot
            store={store}
            xKey={xKey}
            yKey={yKey}
            label="Contour: the objective over two parameters"
            decoration={decoration}
            empty="Finished trials appear here."
          />
          {decoration.range.value ? (
            <RampLegend store={store} fieldKey="value:0" {...decoration.range.value} />
          ) : null}
        </>
      )}
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
  readonly hasAreas = true;
  /** What the worst and the best color stand for; null while there are no areas. */
  readonly range = signal<{ readonly low: number; readonly high: number } | null>(null);
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
    const scale = store.scales.value.get('value:0');
    const has = grid.high > grid.low && scale !== undefined;
    const range = has ? { low: valueAt(scale, grid.low), high: valueAt(scale, grid.high) } : null;
    const before = this.range.peek();
    if (before?.low !== range?.low || before?.high !== range?.high) this.range.value = range;
    if (!has) return;
    // Between choices there are no values to join.
    const isSmooth = xChoices === null && yChoices === null;
    this.#paint(pen, box, grid, isSmooth);
    if (isSmooth) this.#drawLines(pen, box, grid, scale);
  }

  /** Lines of equal values with their values, for readers who do not tell the colors apart. */
  #drawLines(pen: Pen, box: Box, grid: Grid, scale: Scale): void {
    const levels = Array.from(
      { length: LINES },
      (_, k) => grid.low + ((k + 1) / (LINES + 1)) * (grid.high - grid.low),
    );
    const theme = colors.value;
    const [toX, toY] = [
      (share: number) => box.left + share * box.width,
      (share: number) => box.top + (1 - share) * box.height,
    ];
    const taken: (readonly [number, number])[] = [];
    pen.save();
    pen.font = FONT;
    pen.textAlign = 'center';
    pen.textBaseline = 'middle';
    pen.lineWidth = 1;
    for (const line of isolinesOf(grid, levels)) {
      const { pieces } = line;
      pen.strokeStyle = theme.text;
      pen.globalAlpha = 0.45;
      pen.beginPath();
      for (let k = 0; k < pieces.length; k += 4) {
        pen.moveTo(toX(pieces[k] as number), toY(pieces[k + 1] as number));
        pen.lineTo(toX(pieces[k + 2] as number), toY(pieces[k + 3] as number));
      }
      pen.stroke();
      const place = labelPlaces(line)
        .map(([x, y]) => [toX(x), toY(y)] as const)
        .find(
          ([x, y]) =>
            x > box.left + 20 &&
            x < box.left + box.width - 20 &&
            taken.every(([a, b]) => Math.abs(a - x) > 44 || Math.abs(b - y) > 14),
        );
      if (!place) continue;
      const [x, y] = place;
      taken.push(place);
      pen.globalAlpha = 1;
      pen.lineWidth = 3;
      pen.strokeStyle = theme.surface;
      const text = formatNumber(Number(valueAt(scale, line.level).toPrecision(3)));
      pen.strokeText(text, x, y);
      pen.fillStyle = theme.text;
      pen.fillText(text, x, y);
      pen.lineWidth = 1;
    }
    pen.restore();
  }

  #paint(pen: Pen, box: Box, { columns, rows, values, low, high }: Grid, isSmooth: boolean): void {
    const isLow = this.#store.fields.value.get('value:0')?.direction !== 'maximize';
    const ramp = rampOf(colors.value.dark);
    const image = new ImageData(columns, rows);
    for (let row = 0; row < rows; row++)
      for (let column = 0; column < columns; column++) {
        const value = values[row * columns + column] as number;
        if (Number.isNaN(value)) continue;
        const share = (value - low) / (high - low);
        // Rounding may have put the least value a little below the range.
        const level = Math.max(0, Math.min(LEVELS - 1, Math.floor(share * LEVELS))) / (LEVELS - 1);
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
    pen.imageSmoothingEnabled = isSmooth;
    pen.imageSmoothingQuality = 'high';
    pen.drawImage(canvas, box.left, box.top, box.width, box.height);
    pen.restore();
  }
}
