import type { ParamValue } from '../../../core/distribution.js';
import { printable } from '../../../core/printable.js';
import type { ParamColumn, TextColumn } from '../../../results/value-columns.js';
import type { DictionaryValue, Column as SentColumn } from '../../columns.js';

/** Further values share the last code, which stands for this text. A page has no use for so many. */
const MAX_VALUES = 4_000;
const OTHER = '(other)';
/** A reason may be as long as a trainer likes; its trial's own page shows all of it. */
const MAX_CHARACTERS = 300;

type Wanted = { readonly length: number; readonly rows: Int32Array | null };

/** A column of texts as codes; the codes of a table never change. */
export function codesOfTexts(
  name: string,
  { codes, texts }: TextColumn,
  { length, rows, read }: Wanted & { readonly read: (text: string) => DictionaryValue },
): SentColumn {
  const values = new Uint16Array(length);
  for (let k = 0; k < length; k++)
    values[k] = Math.min(codes.get(rows === null ? k : (rows[k] as number)) + 1, MAX_VALUES + 1);
  return { name, values, dictionary: limited(texts.slice(0, MAX_VALUES + 1).map(read)) };
}

/**
 * A parameter's values as codes: those that are known first, in their order, then others in the order in which trials
 * brought them.
 */
export function codesOfValues(
  name: string,
  column: ParamColumn,
  { length, rows, known: listed }: Wanted & { readonly known: readonly ParamValue[] },
): SentColumn {
  const codeOf = new Map<ParamValue, number>();
  const dictionary: DictionaryValue[] = [];
  const add = (value: ParamValue): number => {
    const code = dictionary.push(value === null || typeof value !== 'string' ? value : printable(value));
    codeOf.set(value, code);
    return code;
  };
  for (const value of [...listed, ...column.others]) if (!codeOf.has(value)) add(value);
  // Numbers beyond the choices: in the order of their trials, so that a later answer has the same codes.
  const stored = column.numbers.values();
  for (let k = 0; k < stored.length; k++) {
    const value = stored[k] as number;
    if (!Number.isNaN(value) && !codeOf.has(value) && codeOf.size <= MAX_VALUES) add(value);
  }
  const sentCode = (value: ParamValue) => Math.min(codeOf.get(value) ?? MAX_VALUES + 1, MAX_VALUES + 1);
  // Most rows have one of a few values, so that each is looked up once.
  const known = column.others.map(sentCode);
  const values = new Uint16Array(length);
  for (let k = 0; k < length; k++) {
    const row = rows === null ? k : (rows[k] as number);
    const place = column.codes.get(row);
    const number = column.numbers.get(row);
    values[k] = place >= 0 ? (known[place] as number) : Number.isNaN(number) ? 0 : sentCode(number);
  }
  return { name, values, dictionary: limited(dictionary) };
}

function limited(dictionary: readonly DictionaryValue[]): DictionaryValue[] {
  const short = dictionary.slice(0, MAX_VALUES).map(shortened);
  return dictionary.length > MAX_VALUES ? [...short, OTHER] : short;
}

function shortened(value: DictionaryValue): DictionaryValue {
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  if (typeof value !== 'string' || value.length <= MAX_CHARACTERS) return value;
  return `${value.slice(0, MAX_CHARACTERS)}…`;
}
