import { beginsLine, endsLine } from './far-script.js';

/** What receives the parts of a job's output. */
export type OutputSink = {
  readonly begins: (host: string) => void;
  /** `at`: how many bytes of the trainer came before. */
  readonly body: (bytes: Buffer, at: number) => void;
  readonly ends: (exitCode: number) => void;
};

const NEWLINE = 10;

/** Finds the output of a trainer in the whole output of its job, which has lines of the queue around it. */
export class FarOutput {
  readonly #sink: OutputSink;
  readonly #begins: Buffer;
  readonly #ends: Buffer;
  #state: 'before' | 'within' | 'after' = 'before';
  #rest: Buffer = Buffer.alloc(0);
  #at = 0;
  #last = NEWLINE;

  constructor(token: string, sink: OutputSink) {
    this.#sink = sink;
    this.#begins = Buffer.from(`\n${beginsLine(token)}`);
    this.#ends = Buffer.from(`\n${endsLine(token)}`);
  }

  get hasEnded(): boolean {
    return this.#state === 'after';
  }

  push(bytes: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, bytes]);
    if (this.#state === 'before') this.#seekBegin();
    if (this.#state === 'within') this.#readWithin();
    if (this.#state === 'after') this.#rest = Buffer.alloc(0);
  }

  /** The output is over, whatever it may still have looked like. */
  finish(): void {
    if (this.#state === 'within') this.#emit(this.#rest.length);
  }

  #seekBegin(): void {
    const line = this.#lineAfter(this.#begins);
    if (line === null) return;
    this.#state = 'within';
    this.#rest = this.#rest.subarray(line.end);
    this.#sink.begins(line.text);
  }

  #readWithin(): void {
    // The newline before it may have come with what was passed on.
    const isAtStart = this.#last === NEWLINE && startsWith(this.#rest, this.#ends.subarray(1));
    const line = this.#lineAfter(isAtStart ? this.#ends.subarray(1) : this.#ends);
    if (line !== null && /^\d{1,3}$/.test(line.text)) {
      this.#emit(line.start);
      this.#state = 'after';
      this.#sink.ends(Number(line.text));
    } else this.#emit(this.#rest.length - this.#held());
  }

  /** Returns the rest of the line that begins so. */
  #lineAfter(mark: Buffer): { readonly start: number; readonly end: number; readonly text: string } | null {
    const start = this.#rest.indexOf(mark);
    const end = start < 0 ? -1 : this.#rest.indexOf(NEWLINE, start + mark.length);
    if (end < 0) return null;
    return { start, end: end + 1, text: this.#rest.toString('utf8', start + mark.length, end) };
  }

  /**
   * Returns how many bytes at the end may be the beginning of the last line. The newline before it is an extra one, so one that ends a
   * line of the trainer is passed on at once.
   */
  #held(): number {
    const mark = this.#ends;
    const start = this.#rest.indexOf(mark);
    if (start >= 0) return this.#rest.length - start;
    const line = mark.subarray(1);
    if (this.#last === NEWLINE && (startsWith(line, this.#rest) || startsWith(this.#rest, line)))
      return this.#rest.length;
    for (let length = Math.min(mark.length - 1, this.#rest.length); length > 0; length--) {
      const from = this.#rest.length - length;
      if (!this.#rest.subarray(from).equals(mark.subarray(0, length))) continue;
      const before = from === 0 ? this.#last : this.#rest[from - 1];
      return length > 1 || before === NEWLINE ? length : 0;
    }
    return 0;
  }

  #emit(length: number): void {
    if (length > 0) {
      const bytes = this.#rest.subarray(0, length);
      this.#sink.body(bytes, this.#at);
      this.#at += length;
      this.#last = bytes[length - 1] ?? this.#last;
    }
    this.#rest = this.#rest.subarray(length);
  }
}

function startsWith(bytes: Buffer, beginning: Buffer): boolean {
  return bytes.subarray(0, beginning.length).equals(beginning);
}
