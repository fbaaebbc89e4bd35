import { printable } from '../core/printable.js';

/**
 * Returns one line of JSON, with escapes for everything that could control a terminal that follows the file. Non-finite numbers,
 * which JSON lacks, are the texts NaN, Infinity and -Infinity.
 */
export function jsonLine(data: object): string {
  const json = JSON.stringify(data, (_, value: unknown) =>
    typeof value === 'number' && !Number.isFinite(value) ? String(value) : value,
  );
  return printable(json);
}
