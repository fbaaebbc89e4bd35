const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;
/** The longest line that is read, in bytes. */
export const MAX_LINE_BYTES = 64 * 1024;

/**
 * Splits bytes, in any chunks, into lines; the lines do not depend on the chunks.
 *
 * Lines end at \n or \r and nowhere else (not at U+2028, which a trainer could print inside a text). Empty lines are
 * skipped. A line above `MAX_LINE_BYTES` is dropped whole and counted: half of a METRIC line would be a wrong one.
 * UTF-8 is decoded line by line, after the splitting; invalid bytes become U+FFFD.
 */
export class LineSplitter {
  readonly #decoder = new TextDecoder();
  #pending: Uint8Array[] = [];
  #pendingBytes = 0;
  #dropping = false;
  #droppedLines = 0;

  /** How many lines were too long. */
  get droppedLines(): number {
    return this.#droppedLines;
  }

  /** The lines that this chunk completes. The chunk may be reused by the caller afterwards. */
  push(chunk: Uint8Array): string[] {
    const lines: string[] = [];
    let start = 0;
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at];
      if (byte !== NEWLINE && byte !== CARRIAGE_RETURN) continue;
      this.#endLine(chunk.subarray(start, at), lines);
      start = at + 1;
    }
    this.#keep(chunk.subarray(start));
    return lines;
  }

  /** Returns the last line if it has no terminator, and resets the splitter except for its count of dropped lines. */
  flush(): string[] {
    const lines: string[] = [];
    this.#endLine(new Uint8Array(0), lines);
    return lines;
  }

  #endLine(rest: Uint8Array, lines: string[]): void {
    const bytes = this.#pendingBytes + rest.length;
    if (this.#dropping || bytes > MAX_LINE_BYTES) this.#droppedLines++;
    else if (bytes > 0) lines.push(this.#decoder.decode(this.#join(rest, bytes)));
    this.#pending = [];
    this.#pendingBytes = 0;
    this.#dropping = false;
  }

  #keep(piece: Uint8Array): void {
    if (piece.length === 0 || this.#dropping) return;
    this.#pendingBytes += piece.length;
    if (this.#pendingBytes > MAX_LINE_BYTES) {
      this.#pending = [];
      this.#pendingBytes = 0;
      this.#dropping = true;
    } else this.#pending.push(new Uint8Array(piece)); // a copy, which slice() of Node's Buffer is not
  }

  #join(rest: Uint8Array, bytes: number): Uint8Array {
    if (this.#pending.length === 0) return rest;
    const line = new Uint8Array(bytes);
    let at = 0;
    for (const piece of [...this.#pending, rest]) {
      line.set(piece, at);
      at += piece.length;
    }
    return line;
  }
}
