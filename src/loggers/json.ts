import { printable } from '../core/printable.js';

/**
 * One line of JSON, in escapes what could steer a terminal that follows the file. Non-finite numbers, which JSON lacks, are
 * the texts NaN, Infinity and -Infinity.
 */
export function jsonLine(data: object): string {
  const json = JSON.stringify(data, (_, value: unknown) =>
    typeof value === 'number' && !Number.isFinite(value) ? String(value) : value,
  );
  return printable(json);
}
