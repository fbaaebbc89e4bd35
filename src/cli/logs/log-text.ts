import { StringDecoder } from 'node:string_decoder';
import { printable } from '../../core/printable.js';
import { stripAnsi } from '../../protocol/ansi.js';

/** A line without an end is shown in parts of this length. */
const MAX_LINE = 64 * 1024;

/**
 * Turns the output of a trainer into text that a terminal can be given: without control sequences, and with each line as
 * it looked in the end, since progress bars write one line over and over.
 */
export class LogText {
  readonly #decoder = new StringDecoder('utf8');
  #rest = '';

  /** Returns the lines that are complete with this part of the output. */
  push(part: Uint8Array): string {
    this.#rest += this.#decoder.write(Buffer.from(part));
    const end = this.#rest.lastIndexOf('\n') + 1;
    const cut = this.#rest.length - end > MAX_LINE ? this.#rest.length : end;
    const text = this.#rest.slice(0, cut);
    this.#rest = this.#rest.slice(cut);
    return text.split('\n').map(shownLine).join('\n');
  }

  /** Returns what is left: a last line without an end. */
  end(): string {
    const rest = this.#rest + this.#decoder.end();
    this.#rest = '';
    return rest === '' ? '' : `${shownLine(rest)}\n`;
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

function clears(part: string): boolean {
  return /\u001b\[[02]?K/.test(part);
}
