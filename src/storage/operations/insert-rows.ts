import { type Operation, type SqlValue, sql } from '../statement.js';

/** Bounds the number of prepared statements, and of values bound to one. */
const ROWS_PER_STATEMENT = 100;

/** Inserts rows with as few statements as possible. `into`: a table with the names of its columns. */
export function* insertRows(into: string, rows: readonly (readonly SqlValue[])[]): Operation<void> {
  for (let start = 0; start < rows.length; start += ROWS_PER_STATEMENT) {
    const some = rows.slice(start, start + ROWS_PER_STATEMENT);
    const places = some.map((row) => `(${row.map(() => '?').join(', ')})`);
    yield sql(`INSERT INTO ${into} VALUES ${places.join(', ')}`, ...some.flat());
  }
}
