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
  const [header = [], ...rows] = [titles, ...lines].map((cells) => cells.map(printableLine));
  const widths = header.map((title, k) =>
    rows.reduce((most, row) => Math.max(most, (row[k] ?? '').length), title.length),
  );
  const numeric = header.map(
    (_, k) =>
      rows.length > 0 && rows.every((row) => /^(-?[\d.]+(e[+-]?\d+)?|nan|-?inf|)$/.test(row[k] ?? '')),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, k) => (numeric[k] ? cell.padStart(widths[k] ?? 0) : cell.padEnd(widths[k] ?? 0)))
      .join('  ')
      .trimEnd();
  return [header, ...rows].map(line).join('\n');
}
