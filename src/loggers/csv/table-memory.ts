import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { crc32 } from 'node:zlib';
import { readSummary, writeSummary } from '../../summaries/summary-file.js';
import { RowIndex } from './row-index.js';

/** What a table held when a process last wrote it to its end. */
export type RememberedTable = {
  /** Names the study, and how its rows are written. */
  readonly identity: string;
  readonly header: string;
  readonly index: RowIndex;
  /** By trial number: the stamp of the last change that is in its row. */
  readonly stamps: readonly number[];
};

/** `size`: of the file, which may have grown since. */
export type RecalledTable = RememberedTable & { readonly size: number; readonly ino: number };

/** Smaller tables are written faster than they are compared. */
const LEAST_ROWS = 2000;
/** Changes whenever what is stored does, or what a row of runs.csv says of the same trial (`table.ts`, `format.ts`). */
const FORM = 1;

type Head = { readonly form: number; readonly identity: string; readonly header: string };

/**
 * Remembers in the user's cache what a table holds, so that the next process adds to it. Nothing is trusted: the rows of the
 * file are compared by checksums, and the caller compares the stamps with those in the database.
 */
export class TableMemory {
  readonly #file: string;
  readonly #folder: string;
  readonly #leastRows: number;

  constructor(
    file: string,
    env: Readonly<Record<string, string | undefined>>,
    leastRows: number = LEAST_ROWS,
  ) {
    this.#file = resolve(file);
    this.#leastRows = leastRows;
    this.#folder = join(env.XDG_CACHE_HOME || join(env.HOME || homedir(), '.cache'), 'hpo', 'tables');
  }

  get #key(): string {
    return createHash('sha256').update(this.#file).digest('hex');
  }

  /** Remembers a table as it has just been written. */
  remember({ identity, header, index, stamps }: RememberedTable): void {
    if (index.rows < this.#leastRows) return;
    const text = new TextEncoder().encode(JSON.stringify({ form: FORM, identity, header } satisfies Head));
    const head = new Uint8Array(8 + text.length + (-text.length & 7));
    new DataView(head.buffer).setFloat64(0, text.length, true);
    head.set(text, 8);
    const numbers = [Float64Array.from(stamps.slice(0, index.rows)), index.pack()];
    writeSummary(this.#folder, this.#key, [head, ...numbers.map((each) => new Uint8Array(each.buffer))]);
  }

  /** Returns the rows that the file still has as they were, of a table of this study with this header. */
  async recall(identity: string, header: string): Promise<RecalledTable | null> {
    const bytes = readSummary(this.#folder, this.#key);
    const known = bytes === null ? null : unpack(bytes);
    if (known === null || known.identity !== identity || known.header !== header) return null;
    const handle = await open(this.#file, 'r').catch(() => null);
    if (handle === null) return null;
    try {
      const { size, ino } = await handle.stat();
      let rows: number | null = null;
      for (const block of known.index.blocks()) {
        const found = await readAt(handle, block.from, block.to - block.from);
        if (found === null || crc32(found) !== block.sum) break;
        rows = block.rows;
      }
      return rows === null ? null : { ...known, index: known.index.before(rows), size, ino };
    } finally {
      await handle.close();
    }
  }
}

/** Null for what another version wrote. */
function unpack(bytes: Uint8Array): RememberedTable | null {
  try {
    const length = new DataView(bytes.buffer, bytes.byteOffset).getFloat64(0, true);
    const head = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length))) as Head;
    if (head.form !== FORM) return null;
    const at = bytes.byteOffset + 8 + length + (-length & 7);
    const numbers = new Float64Array(bytes.buffer, at, (bytes.byteOffset + bytes.length - at) / 8);
    const rows = numbers.length / 3;
    const index = RowIndex.unpack(head.header, numbers.subarray(rows));
    return { identity: head.identity, header: head.header, index, stamps: [...numbers.subarray(0, rows)] };
  } catch {
    return null;
  }
}

/** Null beyond the end of the file. */
async function readAt(handle: FileHandle, position: number, length: number): Promise<Buffer | null> {
  const bytes = Buffer.alloc(length);
  for (let at = 0; at < length; ) {
    const { bytesRead } = await handle.read(bytes, at, length - at, position + at);
    if (bytesRead === 0) return null;
    at += bytesRead;
  }
  return bytes;
}
