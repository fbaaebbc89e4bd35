import { type FSWatcher, watch } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { messageOf } from '../../core/errors.js';
import { codeOf } from '../../core/system-error.js';
import type { TrainerOutput } from './trainer-output.js';

/** fs.watch reports a change within a millisecond. The poll is for file systems and limits under which it does not. */
const POLL_MS = 250;
const BUFFER_BYTES = 64 * 1024;

type Mark = { readonly position: number; reached: () => void };

/**
 * Reads a growing log file from its first byte and passes every byte to the output once, in order. It keeps the file open, so
 * that a rename changes nothing, and waits for a file that does not exist yet.
 */
export class LogFollower {
  readonly #file: string;
  readonly #output: TrainerOutput;
  readonly #buffer = Buffer.allocUnsafe(BUFFER_BYTES);
  #opening: Promise<FileHandle | null> | null = null;
  #watcher: FSWatcher | null = null;
  #poll: NodeJS.Timeout | null = null;
  #position = 0;
  /** Where the last read ends: a leftover child that keeps writing after the end must not keep the reading going. */
  #limit = Number.POSITIVE_INFINITY;
  #running: Promise<void> = Promise.resolve();
  #next: Promise<void> | null = null;
  /** Positions that callers wait for. */
  readonly #marks = new Set<Mark>();

  constructor(file: string, output: TrainerOutput) {
    this.#file = file;
    this.#output = output;
  }

  start(): void {
    this.#poll = setInterval(() => this.#wake(), POLL_MS);
    this.#watch();
    this.#wake();
  }

  /** Returns size and time of the last change (ms since 1970); null when there is no file. */
  async stat(): Promise<{ readonly size: number; readonly mtimeMs: number } | null> {
    return (await (await this.#open())?.stat()) ?? null;
  }

  /** Resolves once what the log holds now has been passed on. Does not wait for what is written meanwhile. */
  async catchUp(): Promise<void> {
    const mark: Mark = { position: await this.#size(), reached: () => {} };
    const reached = new Promise<void>((resolve) => {
      mark.reached = resolve;
    });
    this.#marks.add(mark);
    // A trainer that writes faster than this reads would keep one reading going forever.
    await Promise.race([this.#drain(), reached]);
    this.#marks.delete(mark);
  }

  /** Reads what is left, ends the output and closes the file. */
  async finish(): Promise<void> {
    if (this.#poll !== null) clearInterval(this.#poll);
    this.#watcher?.close();
    this.#limit = await this.#size();
    await this.#drain();
    this.#output.end();
    await (await this.#opening)?.close();
  }

  #watch(): void {
    try {
      this.#watcher = watch(this.#file, { persistent: false }, () => this.#wake());
      // Out of inotify watches, or the file system has none: the poll remains.
      this.#watcher.on('error', () => this.#watcher?.close());
    } catch {
      this.#watcher = null;
    }
  }

  #wake(): void {
    void this.#drain();
  }

  /** Reads one at a time. However often this is called during a read, one more read follows. */
  #drain(): Promise<void> {
    this.#next ??= this.#running.then(() => {
      this.#next = null;
      this.#running = this.#read().catch((error: unknown) => {
        this.#output.warn(`cannot read ${this.#file}: ${messageOf(error)}`);
      });
      return this.#running;
    });
    return this.#next;
  }

  async #read(): Promise<void> {
    const handle = await this.#open();
    while (handle !== null && this.#position < this.#limit) {
      const wanted = Math.min(BUFFER_BYTES, this.#limit - this.#position);
      const { bytesRead } = await handle.read(this.#buffer, 0, wanted, this.#position);
      if (bytesRead > 0) {
        this.#position += bytesRead;
        this.#output.push(this.#buffer.subarray(0, bytesRead));
        await this.#output.ready();
        for (const mark of this.#marks) if (mark.position <= this.#position) mark.reached();
      } else if ((await handle.stat()).size < this.#position) {
        this.#output.warn('the log was cut short by someone; it is read again from its start');
        this.#position = 0;
      } else return;
    }
  }

  async #size(): Promise<number> {
    try {
      const handle = await this.#open();
      return handle === null ? 0 : (await handle.stat()).size;
    } catch {
      return Number.POSITIVE_INFINITY;
    }
  }

  /** Opens the file once. A missing file is tried again. */
  async #open(): Promise<FileHandle | null> {
    this.#opening ??= open(this.#file, 'r').catch((error: unknown) => {
      this.#opening = null;
      if (codeOf(error) === 'ENOENT') return null;
      throw error;
    });
    return this.#opening;
  }
}
