import { type Signal, useComputed, useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { navigate, trialPath } from '../router.js';
import { isMoving } from '../store/brush.js';
import type { StudyStore } from '../store/study-store.js';
import { formatCount } from '../text.js';
import { tableColumns } from './cells.js';
import { firstDirection, type Sort, selectedOf, sortedTrials } from './order.js';
import { TableHead } from './table-head.js';
import { TableRow } from './table-row.js';
import { useVirtualRows } from './use-virtual-rows.js';

/** Up to so many trials, every row is in the document. */
const ALL_ROWS = 200;

/** The selected trials, a column for each parameter and metric. */
export function TrialTable({ store }: { readonly store: StudyStore }) {
  const sort = useSignal<Sort>({ key: 'number', descending: true });
  const order = useComputed(() => {
    store.version.value;
    return sortedTrials(store, sort.value);
  });
  const scroller = useRef<HTMLDivElement>(null);
  const isSeen = useSeen(scroller);
  const last = useRef<Int32Array | null>(null);
  const rows = useComputed(() => {
    // As plots that nobody sees, the table waits until the selection rests.
    if (last.current && isMoving.value && !isSeen.value) return last.current;
    const { mask, count } = store.selection.value;
    last.current = selectedOf(order.value, mask, count);
    return last.current;
  });
  const columns = useComputed(() => tableColumns(store));
  const isVirtual = store.columns.total > ALL_ROWS;
  const virtual = useVirtualRows(scroller, rows.value.length, isVirtual);
  useMarks(store, scroller);
  const template = columns.value.map(({ width }) => `${Math.round(width)}px`).join(' ');
  const wide = columns.value.reduce((sum, { width }) => sum + Math.round(width), 0);
  const setSort = (key: string) => {
    const { key: before, descending } = sort.value;
    sort.value =
      before === key
        ? { key, descending: !descending }
        : { key, descending: firstDirection(store.fields.value.get(key)) };
  };
  const first = virtual?.first ?? 0;
  const visible = virtual ? rows.value.subarray(first, virtual.last + 1) : rows.value;
  return (
    // biome-ignore lint/a11y/useSemanticElements: rows outside the view are not in the document, so that this is a grid.
    <div
      class={`table ${isVirtual ? 'table-virtual' : 'table-all'}`}
      role="grid"
      aria-label="Trials"
      aria-rowcount={rows.value.length + 1}
      aria-colcount={columns.value.length}
      tabIndex={0}
      ref={scroller}
      onKeyDown={(event) => onKey(event, store, rows.value, virtual?.show ?? null)}
    >
      <div class="table-inner" style={{ width: `${wide}px`, '--columns': template }}>
        <TableHead columns={columns.value} sort={sort.value} onSort={setSort} />
        {/* biome-ignore lint/a11y/useSemanticElements: as above. */}
        <div
          class="table-body"
          role="rowgroup"
          style={virtual ? { height: `${virtual.height}px`, paddingTop: `${virtual.offset}px` } : {}}
        >
          {Array.from(visible, (trial, k) => (
            <TableRow
              key={trial}
              store={store}
              trial={trial}
              index={first + k}
              columns={columns.value}
              version={store.version.value}
            />
          ))}
        </div>
        {rows.value.length === 0 ? <EmptyRows store={store} /> : null}
      </div>
    </div>
  );
}

function EmptyRows({ store }: { readonly store: StudyStore }) {
  const text =
    store.columns.total === 0
      ? 'No trial yet. Start the sweep with hpo optimize, or enqueue a configuration.'
      : `None of ${formatCount(store.columns.total)} trials is selected. Clear the selection to see all.`;
  return <p class="empty">{text}</p>;
}

/** Whether an element is in the window, or nearly. */
function useSeen(element: { readonly current: HTMLElement | null }): Signal<boolean> {
  const isSeen = useSignal(true);
  useEffect(() => {
    const observer = new IntersectionObserver(
      (entries) => {
        isSeen.value = entries.at(-1)?.isIntersecting ?? true;
      },
      { rootMargin: '100px' },
    );
    if (element.current) observer.observe(element.current);
    return () => observer.disconnect();
  }, [element, isSeen]);
  return isSeen;
}

/** Marks the rows of the hovered and the clicked trial without rendering the table again. */
function useMarks(store: StudyStore, scroller: { readonly current: HTMLDivElement | null }): void {
  useEffect(() => {
    const mark = (name: string) => (trial: number) => {
      for (const row of scroller.current?.querySelectorAll(`.${name}`) ?? []) row.classList.remove(name);
      scroller.current?.querySelector(`[data-trial="${trial}"]`)?.classList.add(name);
    };
    const stops = [store.hovered.subscribe(mark('is-hovered')), store.pinned.subscribe(mark('is-pinned'))];
    return () => {
      for (const stop of stops) stop();
    };
  }, [store, scroller]);
}

/** Arrows move between rows, Enter opens a trial, Escape leaves it. */
function onKey(
  event: KeyboardEvent,
  store: StudyStore,
  rows: Int32Array,
  show: ((index: number) => void) | null,
): void {
  const steps: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1, PageDown: 12, PageUp: -12 };
  const pinned = store.pinned.peek();
  if (event.key === 'Enter' && pinned >= 0) navigate(trialPath(store.name, pinned));
  else if (event.key === 'Escape') store.pinned.value = -1;
  const step = steps[event.key] ?? (event.key === 'Home' ? -1e9 : event.key === 'End' ? 1e9 : 0);
  if (step === 0 || rows.length === 0) return;
  event.preventDefault();
  const at = rows.indexOf(pinned);
  const next = Math.min(rows.length - 1, Math.max(0, at < 0 ? 0 : at + step));
  store.pinned.value = rows[next] as number;
  if (show) show(next);
  else {
    const row = (event.currentTarget as HTMLElement).querySelector(`[data-trial="${rows[next]}"]`);
    row?.scrollIntoView({ block: 'nearest' });
  }
}
