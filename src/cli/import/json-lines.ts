import { usageError } from '../../core/errors.js';
import { isMapping } from '../../core/mapping.js';
import { parseLooseJson } from '../../protocol/formats/json.js';
import { warn } from '../output.js';

export type JsonLine = { readonly line: number; readonly value: Readonly<Record<string, unknown>> };

const MAX_LINE = 2 ** 20;
const MAX_QUOTED = 60;

/**
 * Returns the objects of a text of JSON lines. A last line without its end that is no JSON was being written: it is left out
 * with a warning.
 * @throws HpoError import.bad-line (usage) for any other line that is no JSON object, with its number.
 */
export function jsonLines(file: string, text: string): JsonLine[] {
  const found: JsonLine[] = [];
  const lines = text.replace(/^\ufeff/, '').split('\n');
  for (const [at, written] of lines.entries()) {
    if (written.trim() === '') continue;
    const value = written.length > MAX_LINE ? undefined : parseLooseJson(written);
    if (isMapping(value)) found.push({ line: at + 1, value });
    else if (at === lines.length - 1 && value === undefined && written.length <= MAX_LINE)
      warn(`${file}:${at + 1} is left out: the line is not complete`);
    else throw badLine(`${file}:${at + 1}`, 'a JSON object on each line', quoted(written));
  }
  return found;
}

/** The error for a line of a file. */
export function badLine(place: string, expected: string, got: string) {
  return usageError('import.bad-line', `${place}: expected ${expected}, got ${got}`, {
    fix: 'correct the line or remove it; nothing was imported',
  });
}

function quoted(text: string): string {
  if (text.length > MAX_LINE) return `${text.length} characters`;
  return JSON.stringify(text.length > MAX_QUOTED ? `${text.slice(0, MAX_QUOTED)}...` : text);
}
