import { printable, printableLine } from '../core/printable.js';

/** Thrown to end a command with a code after it has said all it has to say. */
export class ExitCode extends Error {
  readonly code: number;

  constructor(code: number) {
    super(`exit ${code}`);
    this.code = code;
  }
}

/** For people: nothing in it can steer their terminal. */
export function print(text: string): void {
  process.stdout.write(`${printable(text)}\n`);
}

/** For programs and files: a text as it is, but on a terminal, where people read it. */
export function printData(text: string): void {
  process.stdout.write(process.stdout.isTTY ? printable(text) : text);
}

/** As `printData`, of a text that comes in parts: resolves when the next one is welcome, false when nobody reads any more. */
export function writeData(text: string): Promise<boolean> {
  return new Promise((resolve) => {
    process.stdout.write(process.stdout.isTTY ? printable(text) : text, (error) => resolve(!error));
  });
}

/** For people who look at errors, line by line. */
export function printError(text: string): void {
  process.stderr.write(`${printable(text)}\n`);
}

/** What people should know and programs that read stdout should not. */
export function warn(message: string): void {
  printError(`warning: ${message}`);
}

/** Data for programs: one JSON document. Non-finite numbers, which JSON lacks, are written as text. */
export function toJson(data: unknown): string {
  const plain = (_: string, value: unknown) =>
    typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
  return JSON.stringify(data, plain, 2);
}

export function printJson(data: unknown): void {
  print(toJson(data));
}

/** A table with a header; columns whose cells are all numbers stand to the right. A row is one line, whatever it holds. */
export function formatTable(titles: readonly string[], lines: readonly (readonly string[])[]): string {
  return new TablePages(titles).format(lines);
}

const NUMBER = /^(-?[\d.]+(e[+-]?\d+)?|nan|-?inf|)$/;

/** A table that is printed a page at a time: its columns grow where a later page needs it. */
export class TablePages {
  #header: readonly string[] | null;
  #widths: number[];
  #numeric: boolean[];

  constructor(titles: readonly string[]) {
    this.#header = titles.map(printableLine);
    this.#widths = this.#header.map(({ length }) => length);
    this.#numeric = titles.map(() => true);
  }

  /** The next rows as lines; before the first of them the header. */
  format(lines: readonly (readonly string[])[]): string {
    const rows = lines.map((cells) => cells.map(printableLine));
    this.#widths = this.#widths.map((width, k) =>
      rows.reduce((most, row) => Math.max(most, (row[k] ?? '').length), width),
    );
    this.#numeric = this.#numeric.map(
      (numeric, k) => numeric && rows.length > 0 && rows.every((row) => NUMBER.test(row[k] ?? '')),
    );
    const header = this.#header === null ? [] : [this.#header];
    this.#header = null;
    return [...header, ...rows].map((cells) => this.#line(cells)).join('\n');
  }

  #line(cells: readonly string[]): string {
    return cells
      .map((cell, k) =>
        this.#numeric[k] ? cell.padStart(this.#widths[k] ?? 0) : cell.padEnd(this.#widths[k] ?? 0),
      )
      .join('  ')
      .trimEnd();
  }
}
