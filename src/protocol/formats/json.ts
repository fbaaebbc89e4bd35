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
  const value = parseLooseJson(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  return Object.entries(value).flatMap(([name, item]): MetricEntry[] =>
    typeof item === 'number' ? [[name, item]] : [],
  );
}

/** Returns a JSON text as data, with NaN and Infinity as Python writes them; undefined for text that is no JSON. */
export function parseLooseJson(text: string): unknown {
  try {
    const marked = text.replace(NOT_FINITE, (word) => (word[0] === '"' ? word : `"\\u0000${word}"`));
    if (marked === text) return JSON.parse(text);
    return JSON.parse(marked, (_, item) =>
      typeof item === 'string' && item.startsWith(MARK) ? Number(item.slice(1)) : item,
    );
  } catch {
    return undefined;
  }
}
