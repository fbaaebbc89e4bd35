import { useComputed, useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { brush } from '../store/brush.js';
import type { Field } from '../store/fields.js';
import { withRanges } from '../store/filters.js';
import { placeOf, type Scale } from '../store/scale.js';
import type { StudyStore } from '../store/study-store.js';
import { formatNumber } from '../text.js';
import { Panel } from '../ui/panel.js';
import { layoutOf, ParallelDrawing } from './parallel-drawing.js';
import type { Size } from './stage.js';
import { useStage } from './use-stage.js';
import { rangeOf } from './xy-plot.js';

const NARROWEST = 92;

/** Parallel coordinates with an element over each axis, on which a vertical drag selects. */
export function Parallel({ store }: { readonly store: StudyStore }) {
  const axes = useComputed(() =>
    [...store.fields.value.values()].filter(({ group }) => group === 'parameter' || group === 'objective'),
  );
  // Parameters first, then the objectives that they lead to.
  const ordered = useComputed(() => axes.value.toSorted((a, b) => rank(a) - rank(b)));
  const size = useSignal<Size>({ width: 0, height: 0, ratio: 1 });
  const label = 'Parallel coordinates of parameters and objectives';
  const host = useStage(
    label,
    (stage) => {
      const drawing = new ParallelDrawing(store, stage, () => ordered.value);
      const stop = stage.size.subscribe((value) => {
        size.value = value;
      });
      return { ...bound(drawing), start: () => both(drawing.start(), stop) };
    },
    [store],
  );
  const layout = layoutOf(store, ordered.value, size.value);
  const wide = Math.max(0, ordered.value.length * NARROWEST);
  return (
    <Panel name="parallel" title="Parallel coordinates" hint="Drag along an axis to select" wide>
      <div class="scroll-x">
        <div class="canvas canvas-parallel" style={{ minWidth: `${wide}px` }}>
          <div class="fill" ref={host} />
          {ordered.value.map((field, k) => (
            <Axis
              key={field.key}
              store={store}
              field={field}
              left={layout.xs[k] ?? 0}
              band={{ ...layout.band, bottom: size.value.height - 4 }}
            />
          ))}
        </div>
      </div>
    </Panel>
  );
}

const rank = ({ group }: Field) => (group === 'objective' ? 1 : 0);

function bound(drawing: ParallelDrawing) {
  return { base: () => drawing.base(), middle: () => drawing.middle(), top: () => drawing.top() };
}

function both(first: () => void, second: () => void): () => void {
  return () => {
    first();
    second();
  };
}

type AxisProps = {
  readonly store: StudyStore;
  readonly field: Field;
  readonly left: number;
  readonly band: { readonly top: number; readonly height: number; readonly bottom: number };
};

function Axis({ store, field, left, band }: AxisProps) {
  const element = useRef<HTMLDivElement>(null);
  const scale = store.scales.value.get(field.key) as Scale;
  const range = store.filters.value.ranges.find(({ key }) => key === field.key);
  const draft = useRef({ scale, band, field });
  draft.current = { scale, band, field };
  useEffect(() => {
    const host = element.current;
    return host ? followAxis(host, store, () => draft.current) : undefined;
  }, [store]);
  const at = (value: number) => Math.min(1, Math.max(0, placeBound(scale, value)));
  const top = range ? band.height * (1 - at(range.high)) : 0;
  const bottom = range ? (range.missing ? band.bottom - band.top : band.height * (1 - at(range.low))) : 0;
  const described = range
    ? `${field.label}: from ${boundText(scale, range.low)} to ${boundText(scale, range.high)}`
    : `${field.label}: everything`;
  return (
    // biome-ignore lint/a11y/useSemanticElements: it selects a range of two ends, which no element of HTML does.
    <div
      class="axis"
      data-axis={field.name}
      ref={element}
      role="group"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys move the range.
      tabIndex={0}
      aria-label={described}
      title={field.label}
      style={{ left: `${left - 16}px`, top: `${band.top}px`, height: `${band.bottom - band.top}px` }}
    >
      {range ? (
        <div class="axis-range" style={{ top: `${top}px`, height: `${Math.max(3, bottom - top)}px` }} />
      ) : null}
    </div>
  );
}

function placeBound(scale: Scale, value: number): number {
  if (value === Number.POSITIVE_INFINITY) return 1;
  if (value === Number.NEGATIVE_INFINITY) return 0;
  const place = placeOf(scale, value);
  return Number.isNaN(place) ? 0 : place;
}

function boundText(scale: Scale, value: number): string {
  if (!Number.isFinite(value)) return 'the end';
  return scale.choices ? (scale.choices[Math.round(value)] ?? '') : formatNumber(value);
}

type Draft = { readonly scale: Scale; readonly band: AxisProps['band']; readonly field: Field };

/** Selects by a drag along the axis, or by keys: arrows move the range, with Shift its upper end, Escape removes it. */
function followAxis(host: HTMLElement, store: StudyStore, read: () => Draft): () => void {
  let from: number | null = null;
  let pending: number | null = null;
  const placeAt = (event: PointerEvent) => {
    const y = event.clientY - host.getBoundingClientRect().top;
    return 1 - y / read().band.height;
  };
  const select = (low: number, high: number) => {
    const { field, scale } = read();
    const range = rangeOf(field.key, scale, low, high);
    brush(store, withRanges(store.filters.peek(), { [field.key]: range }));
  };
  const clear = () => brush(store, withRanges(store.filters.peek(), { [read().field.key]: null }));
  const apply = () => {
    if (from === null || pending === null) return;
    const to = pending;
    pending = null;
    select(Math.min(from, to), Math.max(from, to));
  };
  const down = (event: PointerEvent) => {
    if (event.button !== 0) return;
    event.preventDefault();
    host.focus({ preventScroll: true });
    host.setPointerCapture(event.pointerId);
    from = placeAt(event);
  };
  const move = (event: PointerEvent) => {
    if (from === null) return;
    const to = placeAt(event);
    if (pending === null && Math.abs(to - from) * read().band.height < 3) return;
    if (pending === null) requestAnimationFrame(apply);
    pending = to;
  };
  const up = (event: PointerEvent) => {
    if (from === null) return;
    const to = placeAt(event);
    if (Math.abs(to - from) * read().band.height < 3) clear();
    else {
      pending = to;
      apply();
    }
    from = null;
  };
  const key = (event: KeyboardEvent) => {
    if (event.key === 'Escape') clear();
    const way = event.key === 'ArrowUp' ? 1 : event.key === 'ArrowDown' ? -1 : 0;
    if (way === 0) return;
    event.preventDefault();
    const { scale, field } = read();
    const range = store.filters.peek().ranges.find((each) => each.key === field.key);
    const step = scale.choices ? 1 / scale.choices.length : 0.05;
    const low = range ? placeBound(scale, range.low) : way > 0 ? 0 : 1 - step * 4;
    const high = range ? placeBound(scale, range.high) : way > 0 ? step * 4 : 1;
    if (event.shiftKey) select(low, Math.min(1, Math.max(low + step / 2, high + way * step)));
    else if (low + way * step >= -1e-9 && high + way * step <= 1 + 1e-9)
      select(Math.max(0, low + way * step), Math.min(1, high + way * step));
  };
  host.addEventListener('pointerdown', down);
  host.addEventListener('pointermove', move);
  host.addEventListener('pointerup', up);
  host.addEventListener('keydown', key);
  return () => {
    host.removeEventListener('pointerdown', down);
    host.removeEventListener('pointermove', move);
    host.removeEventListener('pointerup', up);
    host.removeEventListener('keydown', key);
  };
}
