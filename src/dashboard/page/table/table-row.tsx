import { memo } from 'preact/compat';
import { trialPath } from '../router.js';
import { isInfeasible } from '../store/state-text.js';
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
      {columns.map(({ key, isNumber, text }) => (
        // biome-ignore lint/a11y/useSemanticElements: as above.
        <div key={key} class={`cell${isNumber ? ' number' : ''}`} role="gridcell" tabIndex={-1}>
          {cellOf(store, trial, key, text(trial))}
        </div>
      ))}
    </div>
  );
});

function cellOf(store: StudyStore, trial: number, key: string, text: string) {
  if (key === 'number')
    return (
      <Link to={trialPath(store.name, trial)} class="trial-link" label={`Trial ${trial}`}>
        {text}
      </Link>
    );
  if (key === 'state')
    return <StateBadge state={store.columns.state(trial)} infeasible={isInfeasible(store.columns, trial)} />;
  if (text === '') return <span class="none">{'\u2013'}</span>;
  return text.length > 14 ? <span title={text}>{text}</span> : text;
}
