import { printable } from '../core/printable.js';

/**
 * Returns data as JSON can hold it, for a reader that may show it on a terminal: numbers that are not finite become text, and
 * control characters in texts of others are escaped.
 */
export function plainData(value: unknown): unknown {
  if (typeof value === 'string') return printable(value);
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (Array.isArray(value)) return value.map(plainData);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, each]) => each !== undefined);
  return Object.fromEntries(entries.map(([name, each]) => [printable(name), plainData(each)]));
}
