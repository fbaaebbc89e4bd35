import { memo } from 'preact/compat';
import { trialPath } from '../router.js';
import { isInfeasible, pausedAt } from '../store/state-text.js';
import type { StudyStore } from '../store/study-store.js';
import { Link } from '../ui/link.js';
import { StateBadge } from '../ui/state-badge.js';
import type { TableColumn } from './cells.js';

type RowProps = {
  readonly store: StudyStore;
  readonly trial: number;
  readonly index: number;
  readonly columns: readonly TableColumn[];
  /** Renders again only when the data have changed. */
  readonly version: number;
};

/** One trial. A click marks it everywhere; its number leads to its page. */
export const TableRow = memo(function TableRow({ store, trial, index, columns }: RowProps) {
  const isPinned = store.pinned.peek() === trial;
  const state = store.columns.state(trial);
  return (
    // biome-ignore lint/a11y/useSemanticElements: rows outside the view are not in the document, so that this is a grid.
    <div
      class={`row state-row-${state.toLowerCase()}${isPinned ? ' is-pinned' : ''}`}
      role="row"
      tabIndex={-1}
      aria-rowindex={index + 2}
      aria-selected={store.selection.peek().active}
      data-trial={trial}
      data-state={state}
      onMouseEnter={() => {
        store.hovered.value = trial;
      }}
      onMouseLeave={() => {
        store.hovered.value = -1;
      }}
      onClick={() => {
        store.pinned.value = store.pinned.peek() === trial ? -1 : trial;
      }}
      onKeyDown={() => {}}
    >
      {columns.map((column) => (
        <Cell key={column.key} store={store} trial={trial} column={column} />
      ))}
    </div>
  );
});

/** Wide characters take about so many pixels. */
const CHARACTER = 7.6;

function Cell({
  store,
  trial,
  column,
}: Pick<RowProps, 'store' | 'trial'> & { readonly column: TableColumn }) {
  const text = column.text(trial);
  // Each cell that is cut costs the browser time with every frame, so only those that need it are.
  const isLong = text.length * CHARACTER > column.width - 16;
  return (
    // biome-ignore lint/a11y/useSemanticElements: as above.
    <div
      class={`cell${column.isNumber ? ' number' : ''}${isLong ? ' is-long' : ''}`}
      role="gridcell"
      tabIndex={-1}
      title={isLong ? text : undefined}
    >
      {cellOf(store, trial, column.key, text)}
    </div>
  );
}

function cellOf(store: StudyStore, trial: number, key: string, text: string) {
  if (key === 'number')
    return (
      <Link to={trialPath(store.name, trial)} class="trial-link" label={`Trial ${trial}`}>
        {text}
      </Link>
    );
  if (key === 'state')
    return (
      <StateBadge
        state={store.columns.state(trial)}
        infeasible={isInfeasible(store.columns, trial)}
        pausedAt={pausedAt(store.columns, trial)}
      />
    );
  if (text === '') return <span class="none">{'\u2013'}</span>;
  return text;
}
