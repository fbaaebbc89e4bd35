import { type LineParser, lineOf } from './format.js';
import { numbersOf } from './json.js';

/** A line that is one JSON object: each of its numbers is a metric. */
export const parseJsonLine: LineParser = (line) => {
  const text = line.trim();
  if (!text.startsWith('{')) return { kind: 'log' };
  const entries = numbersOf(text);
  if (entries === null) return { kind: 'malformed', reason: 'expected a JSON object', entries: [] };
  return lineOf(entries);
};
