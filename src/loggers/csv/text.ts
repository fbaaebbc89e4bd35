import { formatRecord } from './format.js';
import type { CsvSource } from './source.js';
import { type Columns, cells, header } from './table.js';

/** Yields the records of a table: the header, then the rows of a page at a time. */
export async function* csvRecords(source: CsvSource): AsyncGenerator<readonly string[]> {
  const columns = await source.columns();
  yield [headerRecord(source, columns)];
  yield* rowRecords(source, columns, 0);
}

export function headerRecord({ escapeFormulas }: CsvSource, columns: Columns): string {
  return formatRecord(header(columns), escapeFormulas);
}

/** Yields the rows of the trials from a number on, a page at a time. */
export async function* rowRecords(
  { study, pages, escapeFormulas }: CsvSource,
  columns: Columns,
  from: number,
): AsyncGenerator<readonly string[]> {
  for await (const rows of pages(from))
    yield rows.map((row) => formatRecord(cells(study, row, columns), escapeFormulas));
}

/** Yields the text of a table, a page at a time. */
export async function* csvText(source: CsvSource): AsyncGenerator<string> {
  for await (const records of csvRecords(source)) yield records.join('');
}
