import { Writable } from 'node:stream';

/** A terminal that understands what progress bars write, so that a test can read what a person would see. */
export class Screen extends Writable {
  readonly isTTY = true;
  readonly columns: number;
  readonly rows = 50;
  cursorHidden = false;
  #lines: string[] = [''];
  #row = 0;
  #column = 0;
  #wraps = true;

  constructor(columns = 100) {
    super({ decodeStrings: false });
    this.columns = columns;
  }

  /** The lines on the screen, without blanks at their ends and without empty lines at the end. */
  lines(): string[] {
    const lines = this.#lines.map((line) => line.trimEnd());
    while (lines.length > 0 && lines.at(-1) === '') lines.pop();
    return lines;
  }

  getWindowSize(): [number, number] {
    return [this.columns, this.rows];
  }

  override _write(chunk: string, _encoding: string, done: () => void): void {
    for (const [part] of String(chunk).matchAll(/\u001b\[[?\d;]*[A-Za-z]|\u001b[78]|./gs)) this.#put(part);
    done();
  }

  #put(part: string): void {
    if (part === '\n') {
      this.#row++;
      this.#column = 0;
    } else if (part === '\r') this.#column = 0;
    else if (part.startsWith('\u001b')) this.#control(part);
    else {
      if (this.#column === this.columns && this.#wraps) this.#put('\n');
      this.#column = Math.min(this.#column, this.columns - 1);
      const line = (this.#lines[this.#row] ?? '').padEnd(this.#column);
      this.#lines[this.#row] = line.slice(0, this.#column) + part + line.slice(this.#column + 1);
      this.#column++;
    }
    while (this.#lines.length <= this.#row) this.#lines.push('');
  }

  #control(part: string): void {
    const count = Number(/\d+/.exec(part)?.[0] ?? 0);
    const line = this.#lines[this.#row] ?? '';
    const letter = part.at(-1);
    if (letter === 'A') this.#row = Math.max(0, this.#row - count);
    else if (letter === 'B') this.#row += count;
    else if (letter === 'G') this.#column = count - 1;
    else if (letter === 'K') this.#lines[this.#row] = count === 2 ? '' : line.slice(0, this.#column);
    else if (letter === 'J') this.#lines = [...this.#lines.slice(0, this.#row), line.slice(0, this.#column)];
    else if (part === '\u001b[?25l' || part === '\u001b[?25h') this.cursorHidden = letter === 'l';
    else if (part === '\u001b[?7l' || part === '\u001b[?7h') this.#wraps = letter === 'h';
    else throw new Error(`unknown control ${JSON.stringify(part)}`);
  }
}
