import {
  closeSync,
  existsSync,
  ftruncateSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { appendWhole } from '../append.js';
import type { RunEnd } from './run-end.js';
import type { RunMetadata } from './run-metadata.js';

/** Lines that a full disk refuses wait in memory, up to this many characters. */
const PENDING_LIMIT = 1024 * 1024;
const CHUNK_BYTES = 256 * 1024;
/** Suffix of the file that counts the rows of a journal that have arrived. */
export const SENT = '.sent';

/** The step and the text of a row. */
export type JournalRow = { readonly step: number; readonly row: string };
type Entry = { readonly head: RunMetadata } | JournalRow | { readonly end: RunEnd };

/** The state of a journal. */
type State = { head: RunMetadata; rows: number; lastStep: number | null; ended: boolean };

/**
 * What W&B is to receive of one run: head, rows and end, one line of JSON each. Rows are written here first and sent from here.
 * So memory stays small, and after a crash a row has the same position and text as before. A file beside the journal counts the
 * rows that have arrived.
 */
export class Journal {
  readonly file: string;
  readonly #state: State;
  #pending = '';
  #dropped = 0;
  #removed = false;

  private constructor(file: string, state: State) {
    this.file = file;
    this.#state = state;
  }

  static begin(file: string, head: RunMetadata): Journal {
    const journal = new Journal(file, { head, rows: 0, lastStep: null, ended: false });
    journal.#write({ head });
    return journal;
  }

  /** Opens an existing journal; null when it has no head and is useless. Removes an incomplete last line. */
  static read(file: string): Journal | null {
    let state: State | null = null;
    for (const line of wholeLines(file)) {
      const entry = parse(line);
      if (entry === null) continue;
      if ('head' in entry) state ??= { head: entry.head, rows: 0, lastStep: null, ended: false };
      else if (state === null) return null;
      else if ('end' in entry) state.ended = true;
      else {
        state.rows++;
        state.lastStep = entry.step;
      }
    }
    return state && new Journal(file, state);
  }

  get head(): RunMetadata {
    return this.#state.head;
  }

  get rows(): number {
    return this.#state.rows;
  }

  /** Step of the last row; null before the first. */
  get lastStep(): number | null {
    return this.#state.lastStep;
  }

  get ended(): boolean {
    return this.#state.ended;
  }

  /** Number of rows that were dropped while the disk was full. */
  get dropped(): number {
    return this.#dropped;
  }

  /** @throws the system's error when the file cannot be written for another reason than a full disk. */
  row(step: number, row: string): void {
    if (this.#pending.length > PENDING_LIMIT) {
      this.#dropped++;
      return;
    }
    this.#state.rows++;
    this.#state.lastStep = step;
    this.#write({ step, row });
  }

  end(end: RunEnd): void {
    this.#state.ended = true;
    this.#write({ end });
  }

  /** Writes pending lines. */
  flush(): void {
    if (this.#pending !== '' && appendWhole(this.file, this.#pending)) this.#pending = '';
  }

  #write(entry: Entry): void {
    // The server refused the run: nothing more is kept for it.
    if (this.#removed) return;
    this.#pending += `${JSON.stringify(entry)}\n`;
    this.flush();
  }

  /** Returns how many rows have arrived, as far as known. Sending a row again does no harm. */
  acknowledged(): number {
    const file = this.file + SENT;
    const count = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
    return Number.isSafeInteger(count) && count >= 0 ? count : 0;
  }

  acknowledge(rows: number): void {
    try {
      writeFileSync(this.file + SENT, String(rows));
    } catch {
      // A full disk: after a crash a few rows are sent again, to the same positions.
    }
  }

  get removed(): boolean {
    return this.#removed;
  }

  /** Deletes the journal: all of it has arrived, or the server refused it. */
  remove(): void {
    this.#removed = true;
    rmSync(this.file, { force: true });
    rmSync(this.file + SENT, { force: true });
  }
}

/** The result of one read of a journal. */
export type Batch = { readonly rows: readonly JournalRow[]; readonly end: RunEnd | null };

/** Reads a growing journal from its start, in batches. */
export class JournalReader {
  readonly #file: string;
  /** Always the start of a line: a part of a line may be removed again, on a full disk. */
  #position = 0;
  #skip: number;

  /** `skip`: number of rows at the start that are not returned. */
  constructor(file: string, skip = 0) {
    this.#file = file;
    this.#skip = skip;
  }

  /** Returns the rows since the last call, at most about 256 KiB of them. */
  async next(): Promise<Batch> {
    const handle = await open(this.#file, 'r');
    try {
      for (let size = CHUNK_BYTES; ; ) {
        const { buffer, bytesRead } = await handle.read(Buffer.alloc(size), 0, size, this.#position);
        const whole = buffer.subarray(0, bytesRead).lastIndexOf(0x0a) + 1;
        this.#position += whole;
        const batch = this.#batch(buffer.subarray(0, whole));
        if (batch.rows.length > 0 || batch.end !== null || bytesRead < size) return batch;
        size = whole === 0 ? size * 2 : CHUNK_BYTES;
      }
    } finally {
      await handle.close();
    }
  }

  #batch(bytes: Buffer): Batch {
    const rows: JournalRow[] = [];
    let end: RunEnd | null = null;
    for (const line of linesOf(bytes)) {
      const entry = parse(line);
      if (entry === null || 'head' in entry) continue;
      if ('end' in entry) end ??= entry.end;
      else if (this.#skip > 0) this.#skip--;
      else rows.push(entry);
    }
    return { rows, end };
  }
}

/** Yields the lines of a file and truncates an incomplete last one. The file is never in memory as a whole. */
function* wholeLines(file: string): Generator<string> {
  const from = openSync(file, 'r+');
  try {
    let position = 0;
    for (let size = CHUNK_BYTES; ; ) {
      const buffer = Buffer.alloc(size);
      const length = readSync(from, buffer, 0, size, position);
      const whole = buffer.subarray(0, length).lastIndexOf(0x0a) + 1;
      yield* linesOf(buffer.subarray(0, whole));
      position += whole;
      if (length < size) {
        if (whole < length) ftruncateSync(from, position);
        return;
      }
      size = whole === 0 ? size * 2 : CHUNK_BYTES;
    }
  } finally {
    closeSync(from);
  }
}

function linesOf(bytes: Buffer): string[] {
  return bytes.toString('utf8').split('\n').filter(Boolean);
}

/** Returns null for a damaged line: somebody wrote into the file, or the disk lost a page. */
function parse(line: string): Entry | null {
  try {
    return JSON.parse(line) as Entry;
  } catch {
    return null;
  }
}
