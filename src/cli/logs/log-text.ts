import { StringDecoder } from 'node:string_decoder';
import { printable } from '../../core/printable.js';
import { keepColors, stripAnsi } from '../../protocol/ansi.js';

/** A line without an end is shown in parts of this length. */
const MAX_LINE = 64 * 1024;

/**
 * Turns the output of a trainer into text that a terminal can be given: without control sequences, and with each line as
 * it looked in the end, since progress bars write one line over and over. Of control sequences only colors can stay.
 */
export class LogText {
  readonly #line: (line: string) => string;
  readonly #decoder = new StringDecoder('utf8');
  #rest = '';

  constructor({ hasColors }: { readonly hasColors: boolean }) {
    this.#line = hasColors ? coloredLine : shownLine;
  }

  /** Returns the lines that are complete with this part of the output. */
  push(part: Uint8Array): string {
    this.#rest += this.#decoder.write(Buffer.from(part));
    const end = this.#rest.lastIndexOf('\n') + 1;
    const cut = this.#rest.length - end > MAX_LINE ? this.#rest.length : end;
    const text = this.#rest.slice(0, cut);
    this.#rest = this.#rest.slice(cut);
    return text.split('\n').map(this.#line).join('\n');
  }

  /** Returns the line that has no end yet as it looks now, without colors; empty without one. */
  unfinished(): string {
    return shownLine(this.#rest);
  }

  /** Returns what is left: a last line without an end. */
  end(): string {
    const rest = this.#rest + this.#decoder.end();
    this.#rest = '';
    return rest === '' ? '' : `${this.#line(rest)}\n`;
  }
}

/** A line as a terminal shows it in the end: what follows a carriage return stands over what was there. */
function shownLine(line: string): string {
  const parts = line.split('\r').filter((part) => part !== '');
  const shown = parts.reduce((before, part) => {
    const text = stripAnsi(part);
    // A part that clears the line leaves nothing behind it.
    return clears(part) ? text : text + before.slice(text.length);
  }, '');
  return printable(shown.replaceAll('\t', '    '));
}

const COLORS = /(\u001b\[[0-9;:]*m)/;
const PLAIN_AGAIN = '\u001b[0m';

/** The same with the colors of the part that was written last, where it covers what was there before it. */
function coloredLine(line: string): string {
  if (!line.includes('\u001b')) return shownLine(line);
  const plain = shownLine(line);
  const last = keepColors(line.split('\r').findLast((part) => part !== '') ?? '').replaceAll('\t', '    ');
  const parts = last.split(COLORS);
  const texts = parts.map((part, k) => (k % 2 === 1 ? part : printable(part)));
  const isWhole = texts.filter((_, k) => k % 2 === 0).join('') === plain;
  return isWhole && parts.length > 1 ? `${texts.join('')}${PLAIN_AGAIN}` : plain;
}

function clears(part: string): boolean {
  return /\u001b\[[02]?K/.test(part);
}
