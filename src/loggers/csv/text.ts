import { formatRecord } from './format.js';
import type { CsvSource } from './source.js';
import { cells, header } from './table.js';

/** Yields the text of a table, a page at a time. */
export async function* csvText(source: CsvSource): AsyncGenerator<string> {
  const columns = await source.columns();
  yield formatRecord(header(columns), source.escapeFormulas);
  for await (const rows of source.pages())
    yield rows.map((row) => formatRecord(cells(source.study, row, columns), source.escapeFormulas)).join('');
}
