import { type FileHandle, open, stat } from 'node:fs/promises';
import { writeCsv } from './file.js';
import type { CsvSource } from './source.js';
import type { Columns } from './table.js';
import { headerRecord, rowRecords } from './text.js';

/** What the file holds, as this process has written it. */
type Written = {
  readonly header: string;
  /** Where the row of each trial begins; the last entry is the end of the file. */
  readonly offsets: readonly number[];
  readonly mark: string;
  readonly ino: number;
};

/**
 * A table that is kept up to date without writing it again and again. The first write, and a write after its columns have
 * changed, makes the whole file. Others write from the lowest row that changed to the end: mostly the last few rows, since
 * the trials that run are the newest. The bytes are always those of `writeCsv`.
 *
 * Rows are replaced in place, in one write of the system. A process that dies leaves the file as it was or as it is to be;
 * after a loss of power its end may be missing, and the next sweep makes the file again.
 */
export class GrowingCsv {
  readonly #file: string;
  readonly #source: CsvSource;
  #written: Written | null = null;

  constructor(file: string, source: CsvSource) {
    this.#file = file;
    this.#source = source;
  }

  /** Brings the file up to date. Returns the path of another study's table that was in the way, or null. */
  async write(): Promise<string | null> {
    const { changes } = this.#source;
    if (changes === null) return writeCsv(this.#file, this.#source);
    const before = this.#written;
    this.#written = null;
    // Before the rows are read: what changes meanwhile is read again the next time.
    const { mark, lowest } = await changes(before?.mark ?? null);
    const columns = await this.#source.columns();
    if (before?.header === headerRecord(this.#source, columns)) {
      const offsets = await this.#replaceFrom(before, lowest, columns);
      if (offsets !== null) {
        this.#written = { ...before, offsets, mark };
        return null;
      }
    }
    return this.#writeAll(mark);
  }

  async #writeAll(mark: string): Promise<string | null> {
    let names: string | null = null;
    const offsets: number[] = [];
    const kept = await writeCsv(this.#file, this.#source, (records) => {
      names ??= records[0] as string;
      for (const record of records) offsets.push((offsets.at(-1) ?? 0) + Buffer.byteLength(record));
    });
    const { ino, size } = await stat(this.#file);
    if (names !== null && size === offsets.at(-1)) this.#written = { header: names, offsets, mark, ino };
    return kept;
  }

  /** Returns where the rows begin now; null when the file is not as this process left it. */
  async #replaceFrom(
    { offsets, ino }: Written,
    lowest: number,
    columns: Columns,
  ): Promise<readonly number[] | null> {
    // Trial numbers have no gaps.
    const first = Math.min(lowest, offsets.length - 1);
    const rows: string[] = [];
    for await (const page of rowRecords(this.#source, columns, first)) rows.push(...page);
    const handle = await open(this.#file, 'r+').catch(() => null);
    if (handle === null) return null;
    try {
      const found = await handle.stat();
      if (found.ino !== ino || found.size !== offsets.at(-1)) return null;
      const now = offsets.slice(0, first + 1);
      const start = now.at(-1) as number;
      for (const row of rows) now.push((now.at(-1) as number) + Buffer.byteLength(row));
      await writeAt(handle, Buffer.from(rows.join('')), start);
      await handle.truncate(now.at(-1) as number);
      await handle.datasync();
      return now;
    } finally {
      await handle.close();
    }
  }
}

async function writeAt(handle: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let at = 0; at < bytes.length; )
    at += (await handle.write(bytes, at, bytes.length - at, position + at)).bytesWritten;
}
