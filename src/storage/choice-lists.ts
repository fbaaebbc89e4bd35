import type { CategoricalDistribution, ParamValue } from '../core/distribution.js';
import { decodeDistribution, encodeDistribution } from './distributions.js';
import { toPythonJson } from './python-json.js';

/**
 * Every choice that a parameter of a study has had, each at its index for good, as JSON of Optuna. Optuna refuses trials of one
 * study that have different lists, so all of them have this one; a study searches some of its choices.
 */
export type ChoiceList = { readonly json: string; readonly choices: readonly ParamValue[] };

/** Lists of choices by the name of their parameter. */
export type NewChoices = Readonly<Record<string, readonly ParamValue[]>>;

/** Reads the JSON of a distribution; null when it has no choices, or is no distribution. */
export function readChoices(json: string): ChoiceList | null {
  try {
    const distribution = decodeDistribution(json);
    return distribution.kind === 'categorical' ? { json, choices: distribution.choices } : null;
  } catch {
    // The process that reads the trial reports it.
    return null;
  }
}

/** Returns the list with those choices at its end that it lacks. */
export function withChoices(list: ChoiceList | null, choices: readonly ParamValue[]): ChoiceList {
  const known = list?.choices ?? [];
  const added = choices.filter((choice) => !known.includes(choice));
  if (list && added.length === 0) return list;
  const all = [...known, ...added];
  const json = (list && appended(list, added)) ?? encodeDistribution(distributionOf(all));
  return { json, choices: all };
}

/** Adds to the text, so that choices of Python stay as they are: a list, or 1.0. Null where it has another form. */
function appended({ json, choices }: ChoiceList, added: readonly ParamValue[]): string | null {
  const end = json.lastIndexOf(']');
  if (choices.length === 0 || end < 0) return null;
  const text = `${json.slice(0, end)}, ${added.map(toPythonJson).join(', ')}${json.slice(end)}`;
  const read = readChoices(text)?.choices;
  const expected = [...choices, ...added];
  return read?.length === expected.length && expected.every((choice, k) => choice === read[k]) ? text : null;
}

/** Returns the list as it is stored for a parameter with a value. */
export function distributionOf(choices: readonly ParamValue[]): CategoricalDistribution {
  return { kind: 'categorical', choices, ordered: false };
}

/** Returns one list with the choices of all: those of the first in their order, then what others add. Null without any. */
export function merged(lists: readonly ChoiceList[]): ChoiceList | null {
  return lists.reduce<ChoiceList | null>((all, { json, choices }) => {
    return all === null ? { json, choices } : withChoices(all, choices);
  }, null);
}

/** Returns whether each choice has the same index in a longer list. */
export function isPrefix(part: readonly ParamValue[], whole: readonly ParamValue[]): boolean {
  return part.every((choice, k) => choice === whole[k]);
}
