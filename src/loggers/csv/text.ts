import { formatRecord } from './format.js';
import { type CsvSource, cells, header } from './table.js';

/** The text of a table, a page at a time: it is never held whole. */
export async function* csvText(source: CsvSource): AsyncGenerator<string> {
  const columns = await source.columns();
  yield formatRecord(header(columns), source.safe);
  for await (const rows of source.pages())
    yield rows.map((row) => formatRecord(cells(source.study, row, columns), source.safe)).join('');
}
