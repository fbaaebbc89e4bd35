import type { Params, ParamValue } from '../../core/distribution.js';
import { parseForeignChoice } from '../../core/param-text.js';
import type { Space } from '../../core/space.js';
import { neutralized } from '../../loggers/csv/format.js';
import { parseNumber } from '../../protocol/metric.js';
import { cell, type Row } from './table.js';

/** Returns the parameters of a row that the space knows; an empty cell means an inactive parameter. */
export function paramsOf(space: Space, row: Row, names: readonly string[]): Params {
  const params: Record<string, ParamValue> = {};
  for (const { name, distribution } of space.params) {
    const text = names.includes(name) ? (cell(row, `param.${name}`) ?? cell(row, name) ?? '') : '';
    if (text === '') continue;
    const choice =
      distribution.kind === 'categorical' ? choiceOf(distribution.choices, text) : parseNumber(text);
    // A value that does not fit stays text, so that the reason shows it; null may be a choice.
    params[name] = choice === undefined ? text : choice;
  }
  return params;
}

/** Returns the choice that a cell means; undefined for none. An escaped table has an apostrophe before what a spreadsheet would execute. */
function choiceOf(choices: readonly ParamValue[], text: string): ParamValue | undefined {
  const choice = parseForeignChoice(choices, text, parseNumber);
  if (choice !== undefined) return choice;
  return choices.find((each) => typeof each === 'string' && neutralized(each) === text);
}
