import { type FSWatcher, watch } from 'node:fs';
import { open } from 'node:fs/promises';
import { messageOf } from '../../core/errors.js';
import { codeOf } from '../../core/system-error.js';
import type { OutputEnd, TrainerOutput } from './trainer-output.js';

/** fs.watch reports a change within a millisecond. The poll is for file systems and limits under which it does not. */
const POLL_MS = 250;
const BUFFER_BYTES = 64 * 1024;

/** How often a file that grows no more is opened again where another machine writes it: opening asks the file server. */
const REOPEN_MS = 2000;
/** A size that a network file system remembers is no older than this. */
const SIZE_LAG_MS = 90_000;

/** What is read of an open file. */
export type LogHandle = {
  read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
  ): Promise<{ readonly bytesRead: number }>;
  stat(): Promise<{ readonly size: number; readonly mtimeMs: number }>;
  close(): Promise<void>;
};

export type FollowerOptions = {
  /**
   * Another machine may write the file. Then its size may lag behind what was read of it, and a handle may go stale when the
   * server was away.
   */
  readonly isShared: boolean;
  readonly open: (file: string) => Promise<LogHandle>;
};

type Mark = { readonly position: number; reached: () => void };

/**
 * Reads a growing log file from its first byte and passes every byte to the output once, in order. It keeps the file open, so
 * that a rename changes nothing, and waits for a file that does not exist yet.
 */
export class LogFollower {
  readonly #file: string;
  readonly #output: TrainerOutput;
  readonly #buffer = Buffer.allocUnsafe(BUFFER_BYTES);
  readonly #isShared: boolean;
  readonly #openFile: FollowerOptions['open'];
  #opening: Promise<LogHandle | null> | null = null;
  #openedMs = 0;
  /** Since when the file has been smaller than what was read of it. */
  #smallerMs: number | null = null;
  #watcher: FSWatcher | null = null;
  #poll: NodeJS.Timeout | null = null;
  #position = 0;
  /** Where the last read ends: a leftover child that keeps writing after the end must not keep the reading going. */
  #limit = Number.POSITIVE_INFINITY;
  #running: Promise<void> = Promise.resolve();
  #next: Promise<void> | null = null;
  /** Positions that callers wait for. */
  readonly #marks = new Set<Mark>();

  constructor(file: string, output: TrainerOutput, options: Partial<FollowerOptions> = {}) {
    this.#file = file;
    this.#output = output;
    this.#isShared = options.isShared ?? false;
    this.#openFile = options.open ?? ((path) => open(path, 'r'));
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
  async finish(how: OutputEnd): Promise<void> {
    if (this.#poll !== null) clearInterval(this.#poll);
    this.#watcher?.close();
    // What another machine wrote before it closed the file is seen by those that open it afterwards.
    if (this.#isShared) await this.#drain().then(() => this.#close());
    this.#limit = await this.#size();
    await this.#drain();
    this.#output.end(how);
    await this.#close();
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
      this.#running = this.#read().catch(async (error: unknown) => {
        if (!this.#isShared || codeOf(error) !== 'ESTALE')
          this.#output.warn(`cannot read ${this.#file}: ${messageOf(error)}`);
        // Opened again by the next read.
        if (this.#isShared) await this.#close();
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
        this.#smallerMs = null;
      } else if (this.#wasCut((await handle.stat()).size)) {
        this.#output.warn('the log was cut short by someone; it is read again from its start');
        this.#position = 0;
        this.#smallerMs = null;
      } else {
        if (this.#isShared && performance.now() - this.#openedMs > REOPEN_MS) await this.#close();
        return;
      }
    }
  }

  #wasCut(size: number): boolean {
    if (size >= this.#position) this.#smallerMs = null;
    else this.#smallerMs ??= performance.now();
    if (this.#smallerMs === null) return false;
    return !this.#isShared || performance.now() - this.#smallerMs > SIZE_LAG_MS;
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
  async #open(): Promise<LogHandle | null> {
    if (this.#opening === null) this.#openedMs = performance.now();
    this.#opening ??= this.#openFile(this.#file).catch((error: unknown) => {
      this.#opening = null;
      if (codeOf(error) === 'ENOENT') return null;
      throw error;
    });
    return this.#opening;
  }

  async #close(): Promise<void> {
    const opening = this.#opening;
    this.#opening = null;
    await (await opening?.catch(() => null))?.close().catch(() => {});
  }
}
