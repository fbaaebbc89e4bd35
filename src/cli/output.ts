import { printable } from '../core/printable.js';
import { type SchemaName, withSchema } from '../schemas/versions.js';
import { asTyped } from './as-typed.js';

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

/**
 * Prints a text that holds colors of hpo's own. The caller makes the texts of others printable before it adds colors.
 * Resolves when the next part may follow; false when the reader is gone.
 */
export function writeStyled(text: string): Promise<boolean> {
  return new Promise((resolve) => {
    process.stdout.write(text, (error) => resolve(!error));
  });
}

/** Prints a line to stderr. Control characters are escaped. */
export function printError(text: string): void {
  process.stderr.write(`${printable(text)}\n`);
}

/** Prints a warning to stderr. */
export function warn(message: string): void {
  printError(`warning: ${asTyped(message)}`);
}

/** Returns data as one JSON document. Non-finite numbers, which JSON lacks, become text. */
export function toJson(data: unknown): string {
  const plain = (_: string, value: unknown) =>
    typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
  return JSON.stringify(data, plain, 2);
}

/** Prints a document, or a list of documents, as `--json` does: each names its schema. */
export function printJson(name: SchemaName, data: object): void {
  print(jsonDocument(name, data));
}

/** Returns a document as `printJson` prints it. */
export function jsonDocument(name: SchemaName, data: object): string {
  beginJson();
  return toJson(withSchema(name, data));
}

let hasBegun = false;

/** Notes that stdout has the beginning of a JSON document: no other one may follow. */
export function beginJson(): void {
  hasBegun = true;
}

/** Returns whether a JSON document was begun since the last call. */
export function takeJsonBegun(): boolean {
  const begun = hasBegun;
  hasBegun = false;
  return begun;
}
