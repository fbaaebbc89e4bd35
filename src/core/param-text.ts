import type { Params, ParamValue } from './distribution.js';

/**
 * A value as one argument, one cell of a table, or in a line for people: text as it is, numbers as JavaScript writes
 * them, true, false, null.
 */
export function paramText(value: ParamValue): string {
  return String(value);
}

/** Parameters as a trainer reads them in HPO_PARAMS, in its file and in `${params_json}`: JSON on one line. */
export function paramsJson(params: Params): string {
  return JSON.stringify(params);
}

/** A choice of a sweep file as a value: a list becomes its JSON text. */
export function encodeChoice(choice: ParamValue | readonly unknown[]): ParamValue {
  return isList(choice) ? JSON.stringify(choice) : choice;
}

/** The choice that a text means, written by `paramText` or as JSON (`"3"` is the text 3); undefined for none. */
export function parseChoice(choices: readonly ParamValue[], text: string): ParamValue | undefined {
  return choices.find((choice) => paramText(choice) === text || JSON.stringify(choice) === text);
}

/** The same of a cell that another program wrote: numbers in any form, and Python's True, False and None. */
export function parseForeignChoice(
  choices: readonly ParamValue[],
  text: string,
  parseNumber: (text: string) => number | null,
): ParamValue | undefined {
  const exact = parseChoice(choices, text);
  if (exact !== undefined) return exact;
  return choices.find((choice) => {
    if (typeof choice === 'number') return parseNumber(text) === choice;
    return typeof choice !== 'string' && text === pythonWord(choice);
  });
}

function pythonWord(value: boolean | null): string {
  if (value === null) return 'None';
  return value ? 'True' : 'False';
}

// Array.isArray does not narrow readonly arrays.
function isList(value: ParamValue | readonly unknown[]): value is readonly unknown[] {
  return Array.isArray(value);
}
