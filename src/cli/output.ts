import { printable, printableLine } from '../core/printable.js';

/** Thrown to end a command with this exit code after it has printed everything. */
export class ExitCode extends Error {
  readonly code: number;

  constructor(code: number) {
    super(`exit ${code}`);
    this.code = code;
  }
}

/** Prints a text for people. Control characters are escaped. */
export function print(text: string): void {
  process.stdout.write(`${printable(text)}\n`);
}

/** Prints a text unchanged for programs and files; on a terminal, control characters are escaped. */
export function printData(text: string): void {
  process.stdout.write(process.stdout.isTTY ? printable(text) : text);
}

/** Prints one part of a text like `printData`. Resolves when the next part may follow; false when the reader is gone. */
export function writeData(text: string): Promise<boolean> {
  return new Promise((resolve) => {
    process.stdout.write(process.stdout.isTTY ? printable(text) : text, (error) => resolve(!error));
  });
}

/** Prints a line to stderr. Control characters are escaped. */
export function printError(text: string): void {
  process.stderr.write(`${printable(text)}\n`);
}

/** Prints a warning to stderr. */
export function warn(message: string): void {
  printError(`warning: ${message}`);
}

/** Returns data as one JSON document. Non-finite numbers, which JSON lacks, become text. */
export function toJson(data: unknown): string {
  const plain = (_: string, value: unknown) =>
    typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
  return JSON.stringify(data, plain, 2);
}

export function printJson(data: unknown): void {
  print(toJson(data));
}

/** Returns a table with a header. Columns of numbers are aligned right. Every row is one line. */
export function formatTable(titles: readonly string[], lines: readonly (readonly string[])[]): string {
  return new TablePages(titles).format(lines);
}

const NUMBER = /^(-?[\d.]+(e[+-]?\d+)?|nan|-?inf|)$/;

/** A table that is printed a page at a time. Its columns get wider where a later page needs it. */
export class TablePages {
  #header: readonly string[] | null;
  #widths: number[];
  #numeric: boolean[];

  constructor(titles: readonly string[]) {
    this.#header = titles.map(printableLine);
    this.#widths = this.#header.map(({ length }) => length);
    this.#numeric = titles.map(() => true);
  }

  /** Returns the next rows as lines, the first time after the header. */
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
