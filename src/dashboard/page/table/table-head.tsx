import type { TableColumn } from './cells.js';
import type { Sort } from './order.js';

/** Names of the columns, which sort the table. */
export function TableHead({
  columns,
  sort,
  onSort,
}: {
  readonly columns: readonly TableColumn[];
  readonly sort: Sort;
  readonly onSort: (key: string) => void;
}) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: rows outside the view are not in the document, so that this is a grid.
    <div class="table-head row" role="row" tabIndex={-1}>
      {columns.map(({ key, label, isNumber, group }) => {
        const isSorted = sort.key === key;
        const order = isSorted ? (sort.descending ? 'descending' : 'ascending') : 'none';
        return (
          // biome-ignore lint/a11y/useSemanticElements: as above.
          <div
            key={key}
            role="columnheader"
            tabIndex={-1}
            aria-sort={order}
            class={`cell head-${group}${isNumber ? ' number' : ''}`}
          >
            <button type="button" onClick={() => onSort(key)} title={`Sort by ${label}`}>
              <span class="head-label">{label}</span>
              <span class="sort-mark" aria-hidden="true">
                {isSorted ? (sort.descending ? '\u2193' : '\u2191') : ''}
              </span>
            </button>
          </div>
        );
      })}
    </div>
  );
}
