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

/** Lines that a full disk refuses wait in memory, up to this many characters. */
const PENDING_LIMIT = 1024 * 1024;
const CHUNK_BYTES = 256 * 1024;
/** Suffix of the file that counts the rows of a journal that have arrived. */
export const SENT = '.sent';

/** What every service's head of a run has. */
export type RunHead = {
  /** Lowercase hexadecimal. */
  readonly id: string;
  readonly trial: number;
  readonly attempt: number;
  readonly displayName: string;
  readonly startedAtMs: number;
};

/** The step and the text of a row. */
export type JournalRow = { readonly step: number; readonly row: string };
type Entry<H, E> = { readonly head: H } | JournalRow | { readonly end: E };

/** The state of a journal. */
type State<H> = { head: H; rows: number; lastStep: number | null; ended: boolean };

/**
 * What a service is to receive of one run: head, rows and end, one line of JSON each. Rows are written here first and sent from here.
 * So memory stays small, and after a crash a row has the same position and text as before. A file beside the journal counts the
 * rows that have arrived, and may have a note of the service's.
 */
export class Journal<H extends RunHead, E> {
  readonly file: string;
  /** Whether this process began it: nothing of it can have been sent before. */
  readonly isNew: boolean;
  readonly #state: State<H>;
  #pending = '';
  #dropped = 0;
  #removed = false;

  private constructor(file: string, state: State<H>, isNew: boolean) {
    this.file = file;
    this.#state = state;
    this.isNew = isNew;
  }

  static begin<H extends RunHead, E>(file: string, head: H): Journal<H, E> {
    const journal = new Journal<H, E>(file, { head, rows: 0, lastStep: null, ended: false }, true);
    journal.#write({ head });
    return journal;
  }

  /** Opens an existing journal; null when it has no head and is useless. Removes an incomplete last line. */
  static read<H extends RunHead, E>(file: string): Journal<H, E> | null {
    let state: State<H> | null = null;
    for (const line of wholeLines(file)) {
      const entry = parse<H, E>(line);
      if (entry === null) continue;
      if ('head' in entry) state ??= { head: entry.head, rows: 0, lastStep: null, ended: false };
      else if (state === null) return null;
      else if ('end' in entry) state.ended = true;
      else {
        state.rows++;
        state.lastStep = entry.step;
      }
    }
    return state && new Journal<H, E>(file, state, false);
  }

  get head(): H {
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

  end(end: E): void {
    this.#state.ended = true;
    this.#write({ end });
  }

  /** Yields the rows of the file, in order. */
  *readRows(): Generator<JournalRow> {
    if (!existsSync(this.file)) return;
    for (const line of wholeLines(this.file)) {
      const entry = parse<H, E>(line);
      if (entry !== null && 'row' in entry) yield entry;
    }
  }

  /** Writes pending lines. */
  flush(): void {
    if (this.#pending !== '' && appendWhole(this.file, this.#pending)) this.#pending = '';
  }

  #write(entry: Entry<H, E>): void {
    // The server refused the run: nothing more is kept for it.
    if (this.#removed) return;
    this.#pending += `${JSON.stringify(entry)}\n`;
    this.flush();
  }

  /** Returns how many rows have arrived, as far as known. Sending a row again does no harm. */
  acknowledged(): number {
    const count = Number(this.#sentText().split(' ')[0]);
    return Number.isSafeInteger(count) && count >= 0 ? count : 0;
  }

  /** Returns the note of the last `acknowledge`; empty without one. */
  note(): string {
    return /^\d+ (.*)$/.exec(this.#sentText())?.[1] ?? '';
  }

  #sentText(): string {
    const file = this.file + SENT;
    return existsSync(file) ? readFileSync(file, 'utf8') : '';
  }

  /** `note`: one line that the service needs after a crash. */
  acknowledge(rows: number, note = ''): void {
    try {
      writeFileSync(this.file + SENT, note === '' ? String(rows) : `${rows} ${note}`);
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
export type Batch<E> = { readonly rows: readonly JournalRow[]; readonly end: E | null };

/** Reads a growing journal from its start, in batches. */
export class JournalReader<E> {
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
  async next(): Promise<Batch<E>> {
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

  #batch(bytes: Buffer): Batch<E> {
    const rows: JournalRow[] = [];
    let end: E | null = null;
    for (const line of linesOf(bytes)) {
      const entry = parse<RunHead, E>(line);
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
function parse<H, E>(line: string): Entry<H, E> | null {
  try {
    return JSON.parse(line) as Entry<H, E>;
  } catch {
    return null;
  }
}
