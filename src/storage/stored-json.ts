import type { Params } from '../core/distribution.js';
import { messageOf } from '../core/errors.js';
import { isMapping, type Mapping } from '../core/mapping.js';
import type { JsonValue } from '../core/trial.js';
import { fromPythonJson } from './python-json.js';
import { BadRow, type Row, text, textOrNull } from './statement.js';

/** The JSON of a column. @throws BadRow when it is none. */
export function storedJson(row: Row, column: string): JsonValue {
  const json = text(row, column);
  try {
    return fromPythonJson(json);
  } catch (error) {
    const why = messageOf(error);
    throw new BadRow(`expected JSON in column ${column} of the database: ${why}`);
  }
}

/** The JSON of a column that may be empty. @throws BadRow when it is none. */
export function storedJsonOrNull(row: Row, column: string): JsonValue {
  return textOrNull(row, column) === null ? null : storedJson(row, column);
}

/** Most configurations of a study have nothing forced and no attributes: they share it. */
const NOTHING: Mapping<JsonValue> = Object.freeze({});

/** @throws BadRow when the column holds anything but a JSON object. */
export function storedObject(row: Row, column: string): Mapping<JsonValue> {
  if (row[column] === '{}') return NOTHING;
  const value = storedJson(row, column);
  if (isMapping(value)) return value;
  throw new BadRow(`expected a JSON object in column ${column} of the database`);
}

/** Values of parameters by their names; empty where the column is. @throws BadRow for anything else. */
export function storedParams(row: Row, column: string): Params {
  if (textOrNull(row, column) === null) return {};
  const params = storedObject(row, column);
  const odd = Object.entries(params).find(([, value]) => value !== null && typeof value === 'object');
  if (odd)
    throw new BadRow(`expected a number, text or boolean for ${odd[0]} in column ${column} of the database`);
  return params as Params;
}

/** A list of texts; empty where the column is. @throws BadRow for anything else. */
export function storedTexts(row: Row, column: string): readonly string[] {
  const list = storedJsonOrNull(row, column);
  if (list === null) return [];
  if (Array.isArray(list) && list.every((each) => typeof each === 'string')) return list;
  throw new BadRow(`expected a list of texts in column ${column} of the database`);
}
