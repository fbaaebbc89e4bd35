import { replaceWith } from '../output-file.js';

export type ParquetType = 'BOOLEAN' | 'DOUBLE' | 'INT64' | 'STRING';
export type ParquetValue = number | string | boolean | null;
export type ParquetColumn = { readonly name: string; readonly type: ParquetType };

/** Rows that are encoded at once, and that a reader reads at once. */
const ROW_GROUP = 10_000;

/**
 * Writes rows as a Parquet file, one group of rows after the other, so that the table is never in memory as a whole. The file
 * replaces an older one when it is complete. Returns the number of rows.
 * @throws HpoError output.not-writable (usage).
 */
export async function writeParquet(
  file: string,
  columns: readonly ParquetColumn[],
  pages: AsyncIterable<readonly (readonly ParquetValue[])[]>,
): Promise<number> {
  const { fileWriter, ParquetWriter, schemaFromColumnData } = await import('hyparquet-writer');
  const dataOf = (rows: readonly (readonly ParquetValue[])[]) =>
    columns.map(({ name, type }, k) => ({
      name,
      type,
      data: rows.map((row) => encoded(row[k] ?? null, type)),
    }));
  return replaceWith(file, async (temporary) => {
    let count = 0;
    const writer = new ParquetWriter({
      writer: fileWriter(temporary),
      schema: schemaFromColumnData({ columnData: dataOf([]) }),
      createdBy: 'hpo',
    });
    let waiting: (readonly ParquetValue[])[] = [];
    const write = async () => {
      await writer.write({ columnData: dataOf(waiting), rowGroupSize: ROW_GROUP });
      count += waiting.length;
      waiting = [];
    };
    for await (const page of pages) {
      waiting = waiting.concat(page);
      if (waiting.length >= ROW_GROUP) await write();
    }
    if (waiting.length > 0 || count === 0) await write();
    await writer.finish();
    return count;
  });
}

/** Numbers of 64 bits are written from bigints. */
function encoded(value: ParquetValue, type: ParquetType): ParquetValue | bigint {
  return type === 'INT64' && typeof value === 'number' ? BigInt(value) : value;
}
