import { leftText } from './left-columns.js';
import { type Cell, type Column, type Surface, Table } from './table.js';

/** A column by its title: it stays when it is empty, and later columns leave first. Or all of it. */
export type ColumnOrTitle = string | Column;

/** Returns a whole table, without a line break at its end. `how`: how to see columns that there is no room for. */
export function formatTable(
  columns: readonly ColumnOrTitle[],
  rows: readonly (readonly Cell[])[],
  surface: Surface,
  how = 'a wider terminal or --json shows them',
): string {
  const table = new Table(columns.map(toColumn), surface);
  const text = table.page(rows);
  if (table.left.length === 0) return text;
  return `${text}\n${surface.style('faint', leftText(table.left, surface.width, how))}`;
}

function toColumn(column: ColumnOrTitle, k: number): Column {
  return typeof column === 'string'
    ? { title: column, priority: 100 - k, leastWidth: 12, isKept: true }
    : column;
}
