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

/** Lines that a full disk does not take wait in memory, up to so many characters. */
const OWED_LIMIT = 1024 * 1024;
const CHUNK_BYTES = 256 * 1024;
/** Ends the name of the file that says how much of a journal has arrived. */
export const SENT = '.sent';

/** A row's step and its text. */
export type JournalRow = { readonly step: number; readonly row: string };
type Entry = { readonly head: RunMetadata } | JournalRow | { readonly end: RunEnd };

/** Where a run stands. */
type Standing = { head: RunMetadata; rows: number; lastStep: number | null; ended: boolean };

/**
 * What W&B is owed of one run: its head, its rows, its end, a line of JSON each. Rows are written here before anything
 * is sent, and are sent from here, so that memory stays small and a row has the same place and the same text after a
 * crash as before it. How many rows have arrived stands in a file beside it.
 */
export class Journal {
  readonly file: string;
  readonly #standing: Standing;
  #owed = '';
  #dropped = 0;
  #removed = false;

  private constructor(file: string, standing: Standing) {
    this.file = file;
    this.#standing = standing;
  }

  static begin(file: string, head: RunMetadata): Journal {
    const journal = new Journal(file, { head, rows: 0, lastStep: null, ended: false });
    journal.#write({ head });
    return journal;
  }

  /** Goes on with a journal; null when the file holds no head and is of no use. A torn last line is cut off. */
  static read(file: string): Journal | null {
    let standing: Standing | null = null;
    for (const line of wholeLines(file)) {
      const entry = parse(line);
      if (entry === null) continue;
      if ('head' in entry) standing ??= { head: entry.head, rows: 0, lastStep: null, ended: false };
      else if (standing === null) return null;
      else if ('end' in entry) standing.ended = true;
      else {
        standing.rows++;
        standing.lastStep = entry.step;
      }
    }
    return standing && new Journal(file, standing);
  }

  get head(): RunMetadata {
    return this.#standing.head;
  }

  get rows(): number {
    return this.#standing.rows;
  }

  /** Step of the last row; null before the first. */
  get lastStep(): number | null {
    return this.#standing.lastStep;
  }

  get ended(): boolean {
    return this.#standing.ended;
  }

  /** Rows that were let go while the disk was full. */
  get dropped(): number {
    return this.#dropped;
  }

  /** @throws the system's error when the file cannot be written for another reason than a full disk. */
  row(step: number, row: string): void {
    if (this.#owed.length > OWED_LIMIT) {
      this.#dropped++;
      return;
    }
    this.#standing.rows++;
    this.#standing.lastStep = step;
    this.#write({ step, row });
  }

  end(end: RunEnd): void {
    this.#standing.ended = true;
    this.#write({ end });
  }

  /** Writes what a full disk refused before. */
  flush(): void {
    if (this.#owed !== '' && appendWhole(this.file, this.#owed)) this.#owed = '';
  }

  #write(entry: Entry): void {
    // Refused, and let go: nothing is kept for a run that nobody wants.
    if (this.#removed) return;
    this.#owed += `${JSON.stringify(entry)}\n`;
    this.flush();
  }

  /** How many rows have arrived, as far as is known; sending one again that has arrived does no harm. */
  acknowledged(): number {
    const file = this.file + SENT;
    const count = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
    return Number.isSafeInteger(count) && count >= 0 ? count : 0;
  }

  acknowledge(rows: number): void {
    try {
      writeFileSync(this.file + SENT, String(rows));
    } catch {
      // A full disk: after a crash a few rows are sent again, to the same places.
    }
  }

  get removed(): boolean {
    return this.#removed;
  }

  /** All of it has arrived. */
  remove(): void {
    this.#removed = true;
    rmSync(this.file, { force: true });
    rmSync(this.file + SENT, { force: true });
  }
}

/** What the next read of a journal brought. */
export type Batch = { readonly rows: readonly JournalRow[]; readonly end: RunEnd | null };

/** Reads a growing journal from its start, a batch at a time. */
export class JournalReader {
  readonly #file: string;
  /** The start of a line: half of one may be taken back, on a disk that fills up. */
  #position = 0;
  #skip: number;

  /** `skip`: rows at the start that are not handed out. */
  constructor(file: string, skip = 0) {
    this.#file = file;
    this.#skip = skip;
  }

  /** The rows that have come since, at most about 256 KiB of them; nothing when there are none yet. */
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

/** The lines of a file; one that has no end is cut off. A long trial's journal is not held whole. */
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

/** Null for a line that is none of ours: someone wrote into the file, or the disk lost a page of it. */
function parse(line: string): Entry | null {
  try {
    return JSON.parse(line) as Entry;
  } catch {
    return null;
  }
}
