import type { SqlValue } from '../statement.js';

// PostgreSQL sends every value as text, with the number of its type.
const [BOOLEAN, INT8, INT2, INT4, OID, FLOAT4, FLOAT8, TIMESTAMP, NUMERIC] = [
  16, 20, 21, 23, 26, 700, 701, 1114, 1700,
];
const NUMBERS: ReadonlySet<number> = new Set([INT8, INT2, INT4, OID, FLOAT4, FLOAT8, NUMERIC]);

/** Decodes as the contract of drivers says: text, finite numbers and null; booleans are 0 and 1. */
export const decoders = {
  getTypeParser: (type: number) => (text: string) => decode(type, text),
};

function decode(type: number, text: string): SqlValue {
  if (type === BOOLEAN) return text === 't' ? 1 : 0;
  if (type === TIMESTAMP) return toMicroseconds(text);
  if (!NUMBERS.has(type)) return text;
  const value = Number(text);
  // Optuna stores neither NaN nor infinity as a number: the type beside it says so.
  return Number.isFinite(value) ? value : null;
}

/** `2024-02-29 23:59:59.5` -> `2024-02-29 23:59:59.500000`, as SQLite has it. */
function toMicroseconds(text: string): string {
  const [seconds = '', fraction = ''] = text.split('.');
  return /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(seconds) ? `${seconds}.${fraction.padEnd(6, '0')}` : text;
}

/** Returns a value as it is sent. Text in PostgreSQL has no character 0. */
export function encode(value: SqlValue): string | null {
  if (value === null) return null;
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value);
  return value.replaceAll('\0', '\ufffd');
}
