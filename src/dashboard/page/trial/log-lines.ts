import { AnsiReader, type LogSpan, resolveReturns } from './ansi.js';

/** Older lines of a long log are let out, so that the page stays small. */
export const MOST_LINES = 20_000;

export type LogLine = { readonly number: number; readonly spans: readonly LogSpan[]; readonly text: string };

/** Lines of a log that comes in parts. The last one may still grow. */
export class LogLines {
  readonly #reader = new AnsiReader();
  #lines: LogLine[] = [];
  #rest = '';
  #count = 0;

  add(text: string): void {
    const parts = (this.#rest + text).split('\n');
    this.#rest = parts.pop() ?? '';
    for (const part of parts) this.#lines.push(this.#lineOf(part, this.#reader));
    if (this.#lines.length > MOST_LINES) this.#lines = this.#lines.slice(-MOST_LINES);
  }

  /** All lines, and the one that is not ended yet. */
  get all(): readonly LogLine[] {
    if (this.#rest === '') return this.#lines;
    const spans = new AnsiReader().read(resolveReturns(this.#rest));
    const number = this.#count + 1;
    return [...this.#lines, { number, spans, text: spans.map(({ text }) => text).join('') }];
  }

  #lineOf(raw: string, reader: AnsiReader): LogLine {
    const spans = reader.read(resolveReturns(raw.endsWith('\r') ? raw.slice(0, -1) : raw));
    return { number: ++this.#count, spans, text: spans.map(({ text }) => text).join('') };
  }
}
