import type { MetricEntry } from '../metric.js';

// A text without an end is taken whole too: to look for it again from each quote in it would take for ever.
const NOT_FINITE = /"(?:[^"\\]|\\.)*"?|\bNaN\b|-?\bInfinity\b/g;
/** Stands before a number that JSON has no word for, in a text that cannot be anybody's own. */
const MARK = '\u0000';

/**
 * The numbers of a JSON object, by name; null when the text is none. Python writes NaN and Infinity as they are, so
 * they are read; what is no number (text, lists, true) is passed over.
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
