import type { JsonValue } from '../core/trial.js';

/**
 * JSON as Python's json module writes it: `, ` and `: ` between parts, ASCII only, NaN and Infinity as bare words.
 * Whole numbers are written as integers.
 */
export function toPythonJson(value: JsonValue): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number')
    return Number.isSafeInteger(value) ? pythonInteger(value) : pythonFloat(value);
  if (typeof value === 'string') return pythonString(value);
  if (isList(value)) return `[${value.map(toPythonJson).join(', ')}]`;
  // An optional key that is undefined is no key, as with JSON.stringify.
  const entries = Object.entries(value).filter(([, part]) => part !== undefined);
  return `{${entries.map(([key, part]) => `${pythonString(key)}: ${toPythonJson(part)}`).join(', ')}}`;
}

/** A number as Python's repr of a float: `1.0`, `1e-05`, `NaN`, `-Infinity`. Digits are the shortest that round-trip. */
export function pythonFloat(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0';
  // Python changes to exponents below 1e-4 and from 1e16 on; JavaScript below 1e-6 and from 1e21 on.
  const size = Math.abs(value);
  if (size >= 1e-4 && size < 1e16) {
    const plain = String(value);
    return plain.includes('.') ? plain : `${plain}.0`;
  }
  const [digits = '', exponentText = '0'] = value.toExponential().split('e');
  const exponent = Number(exponentText);
  const sign = exponent < 0 ? '-' : '+';
  return `${digits}e${sign}${String(Math.abs(exponent)).padStart(2, '0')}`;
}

function pythonInteger(value: number): string {
  return Object.is(value, -0) ? '-0.0' : String(value);
}

function pythonString(value: string): string {
  return JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** hpo writes a few levels. A text with many thousands would exhaust the stack of its readers. */
const MAX_LEVELS = 500;

function levelsOf(json: string): number {
  let [most, level] = [0, 0];
  for (const [token] of json.matchAll(/"(?:[^"\\]|\\.)*"?|[[{\]}]/gs)) {
    if (token === '[' || token === '{') most = Math.max(most, ++level);
    else if (token === ']' || token === '}') level--;
  }
  return most;
}

/**
 * Reads JSON in which the words NaN, Infinity and -Infinity may stand for numbers.
 * @throws SyntaxError when the text is neither JSON nor Python's dialect of it.
 */
export function fromPythonJson(json: string): JsonValue {
  if (json.length > MAX_LEVELS && levelsOf(json) > MAX_LEVELS)
    throw new SyntaxError(`more than ${MAX_LEVELS} levels of nesting`);
  if (!/NaN|Infinity/.test(json)) return JSON.parse(json) as JsonValue;
  // Strings get a prefix, so that the stand-in for NaN cannot be mistaken for one; 1e999 is read as infinity.
  const marked = json.replace(/"((?:[^"\\]|\\.)*)"|NaN|Infinity/gs, (token, inner?: string) => {
    if (inner !== undefined) return `"s${inner}"`;
    return token === 'NaN' ? '"n"' : '1e999';
  });
  return unmark(JSON.parse(marked) as JsonValue);
}

function unmark(value: JsonValue): JsonValue {
  if (typeof value === 'string') return value === 'n' ? Number.NaN : value.slice(1);
  if (value === null || typeof value !== 'object') return value;
  if (isList(value)) return value.map(unmark);
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key.slice(1), unmark(part)]));
}

// Array.isArray does not narrow readonly arrays.
function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
