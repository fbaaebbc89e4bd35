import type { MetricEntry } from '../metric.js';

// A string without an end matches whole too: searching again from each quote in it would take quadratic time.
const NOT_FINITE = /"(?:[^"\\]|\\.)*"?|\bNaN\b|-?\bInfinity\b/g;
/** Marks a number that JSON cannot write, in a text that no trainer prints. */
const MARK = '\u0000';

/**
 * Returns the numbers of a JSON object by name; null when the text is none. Reads NaN and Infinity as Python writes them; skips
 * values that are no numbers (text, lists, true).
 */
export function numbersOf(text: string): MetricEntry[] | null {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(NOT_FINITE, (word) => (word[0] === '"' ? word : `"\\u0000${word}"`)));
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  return Object.entries(value).flatMap(([name, item]): MetricEntry[] => {
    if (typeof item === 'number') return [[name, item]];
    if (typeof item === 'string' && item.startsWith(MARK)) return [[name, Number(item.slice(1))]];
    return [];
  });
}
