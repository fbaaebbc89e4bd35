import { type FileHandle, open, stat } from 'node:fs/promises';
import { writeCsv } from './file.js';
import { RowIndex } from './row-index.js';
import type { CsvChanges, CsvSource } from './source.js';
import type { Columns } from './table.js';
import type { TableMemory } from './table-memory.js';
import { headerRecord, rowRecords } from './text.js';

/** More rows are not held in memory, but written in pages to a new file. */
const MOST_REPLACED = 20_000;

/** What the file holds. */
type Written = {
  readonly identity: string;
  readonly header: string;
  readonly index: RowIndex;
  readonly mark: string;
  readonly ino: number;
  /** More than the end of the table where a process that was killed had added rows. */
  readonly size: number;
};

/**
 * A table that is kept up to date without writing it again and again. The first write, and a write after its columns have
 * changed, makes the whole file. Others write from the lowest row that changed to the end: mostly the last few rows, since
 * the trials that run are the newest. The bytes are always those of `writeCsv`. With a memory the first write adds to the
 * table of an earlier process, where that is a table of this study.
 *
 * Rows are replaced in place, in one write of the system. A process that dies leaves the file as it was or as it is to be;
 * after a loss of power its end may be missing, and the next sweep makes the file again.
 */
export class GrowingCsv {
  readonly #file: string;
  readonly #source: CsvSource;
  readonly #memory: TableMemory | null;
  #written: Written | null = null;
  /** By trial number: the stamp of the last change that was read. */
  #stamps: number[] = [];
  #rememberedMark: string | null = null;

  constructor(file: string, source: CsvSource, memory: TableMemory | null = null) {
    this.#file = file;
    this.#source = source;
    this.#memory = memory;
  }

  /** Brings the file up to date. Returns the path of another study's table that was in the way, or null. */
  async write(): Promise<string | null> {
    const { changes } = this.#source;
    if (changes === null) return writeCsv(this.#file, this.#source);
    const before = this.#written;
    this.#written = null;
    // Before the rows are read: what changes meanwhile is read again the next time.
    const changed = await changes(before?.mark ?? null);
    if (before === null) this.#stamps = [];
    for (const { number, stamp } of changed.trials) this.#stamps[number] = stamp;
    const columns = await this.#source.columns();
    const header = headerRecord(this.#source, columns);
    const known = before ?? (await this.#recall(changed, header));
    if (known?.header === header && known.identity === this.#identityOf(changed)) {
      const lowest = before === null ? known.index.rows : lowestOf(changed);
      const written = await this.#replaceFrom(known, lowest, columns);
      if (written !== null) {
        this.#written = { ...written, mark: changed.mark };
        return null;
      }
    }
    const kept = await this.#writeAll(changed, header);
    // At once: a sweep that is killed has written it for the next one.
    this.remember();
    return kept;
  }

  /** Lets the next process add to the table, as of the last write. */
  remember(): void {
    const written = this.#written;
    if (written === null || written.mark === this.#rememberedMark) return;
    this.#memory?.remember({ ...written, stamps: this.#stamps });
    this.#rememberedMark = written.mark;
  }

  /** The rows of an earlier process that are as the database says, up to the first that is not. */
  async #recall(changed: CsvChanges, header: string): Promise<Written | null> {
    const identity = this.#identityOf(changed);
    const known = (await this.#memory?.recall(identity, header)) ?? null;
    if (known === null) return null;
    const { index, ino, size } = known;
    // The trial that changed last gets no other stamp while it changes further. After a backup was restored, the one of the table
    // and the one of the database may both be other than their rows.
    const unsure = [newestOf(known.stamps), newestOf(this.#stamps)];
    let rows = 0;
    while (rows < index.rows && known.stamps[rows] === this.#stamps[rows] && !unsure.includes(rows)) rows++;
    return { identity, header, index: index.before(rows), mark: changed.mark, ino, size };
  }

  /** What the rows depend on beside the trials and the columns. */
  #identityOf({ study }: CsvChanges): string {
    return JSON.stringify([study, this.#source.study, this.#source.escapeFormulas ?? false]);
  }

  async #writeAll(changed: CsvChanges, header: string): Promise<string | null> {
    let names: string | null = null;
    const index = RowIndex.of(header);
    const kept = await writeCsv(this.#file, this.#source, (records) => {
      const [first] = records;
      if (names === null) names = first as string;
      else for (const record of records) index.add(record);
    });
    const { ino, size } = await stat(this.#file);
    if (names === header && size === index.end)
      this.#written = { identity: this.#identityOf(changed), header, index, mark: changed.mark, ino, size };
    return kept;
  }

  /** Returns what the file holds now; null when it is not as it was left, and for so many rows that all are written. */
  async #replaceFrom(before: Written, lowest: number, columns: Columns): Promise<Written | null> {
    // Trial numbers have no gaps.
    const first = Math.min(lowest, before.index.rows);
    if (this.#stamps.length - first > MOST_REPLACED) return null;
    const index = before.index.before(first);
    const start = index.end;
    const rows: string[] = [];
    for await (const page of rowRecords(this.#source, columns, first)) rows.push(...page);
    const handle = await open(this.#file, 'r+').catch(() => null);
    if (handle === null) return null;
    try {
      const found = await handle.stat();
      if (found.ino !== before.ino || found.size !== before.size) return null;
      for (const row of rows) index.add(row);
      await writeAt(handle, Buffer.from(rows.join('')), start);
      await handle.truncate(index.end);
      await handle.datasync();
      return { ...before, index, size: index.end };
    } finally {
      await handle.close();
    }
  }
}

function lowestOf({ trials }: CsvChanges): number {
  return trials.reduce((least, { number }) => Math.min(least, number), Number.POSITIVE_INFINITY);
}

async function writeAt(handle: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let at = 0; at < bytes.length; )
    at += (await handle.write(bytes, at, bytes.length - at, position + at)).bytesWritten;
}

/** The number of the trial with the highest stamp; -1 without any. */
function newestOf(stamps: readonly number[]): number {
  let newest = -1;
  for (let number = 0; number < stamps.length; number++)
    if (newest < 0 || (stamps[number] as number) > (stamps[newest] as number)) newest = number;
  return newest;
}
