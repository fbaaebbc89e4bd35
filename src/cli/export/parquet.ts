import { randomBytes } from 'node:crypto';
import { renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeFolder } from '../../liveness/folders.js';
import { checkCsvFile } from '../../loggers/csv/file.js';

export type ParquetType = 'BOOLEAN' | 'DOUBLE' | 'INT32' | 'STRING';
export type ParquetValue = number | string | boolean | null;
export type ParquetColumn = { readonly name: string; readonly type: ParquetType };

/** Rows that are encoded at once, and that a reader reads at once. */
const ROW_GROUP = 10_000;

/**
 * Writes rows as a Parquet file, one group of rows after the other, so that the table is never in memory as a whole. The file
 * replaces an older one when it is complete. Returns the number of rows.
 * @throws HpoError csv.not-writable (usage) for what is no regular file.
 */
export async function writeParquet(
  file: string,
  columns: readonly ParquetColumn[],
  pages: AsyncIterable<readonly (readonly ParquetValue[])[]>,
): Promise<number> {
  checkCsvFile(file);
  const { fileWriter, ParquetWriter, schemaFromColumnData } = await import('hyparquet-writer');
  makeFolder(dirname(file));
  const temporary = `${file}.${randomBytes(4).toString('hex')}.tmp`;
  let count = 0;
  try {
    const dataOf = (rows: readonly (readonly ParquetValue[])[]) =>
      columns.map(({ name, type }, k) => ({ name, type, data: rows.map((row) => row[k] ?? null) }));
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
    renameSync(temporary, file);
    return count;
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}
