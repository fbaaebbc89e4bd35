import { type Comparison, type Condition, holds, type Test } from '../core/constraint.js';
import { contains, type Distribution, type ParamValue } from '../core/distribution.js';
import { encodeChoice } from '../core/param-text.js';
import { didYouMean, show } from './describe-value.js';
import type { Diagnostics } from './diagnostics.js';
import { nearest } from './nearest.js';
import type { RawChoice, RawCondition, RawTest } from './parameter-schema.js';
import type { Path } from './yaml-file.js';

/** Returns a condition of the file in the core's form; a list means one of its entries. */
export function encodeCondition(raw: RawCondition): Condition {
  return Object.fromEntries(Object.entries(raw).map(([name, test]) => [name, encodeTest(test)]));
}

function encodeTest(raw: RawTest): Test {
  if (Array.isArray(raw)) return raw.map(encodeChoice);
  if (raw === null || typeof raw !== 'object') return raw;
  const { not, ...bounds } = raw;
  const given = Object.fromEntries(Object.entries(bounds).filter(([, bound]) => bound !== undefined));
  return {
    ...given,
    ...(not !== undefined && { not: Array.isArray(not) ? not.map(encodeChoice) : not }),
  } as Comparison;
}

/** The possible values of a name: those of its distribution (null when unknown), and those that constraints set. */
export type Possible = { readonly distribution: Distribution | null; readonly set: readonly ParamValue[] };

/**
 * Notes unknown names, and tests that can never hold: a misspelled value would silently disable a rule.
 * `names` are all existing ones. A name that is not in `possible` has an error of its own, and no other is reported.
 */
export function checkCondition(
  raw: RawCondition,
  at: Path,
  names: readonly string[],
  possible: ReadonlyMap<string, Possible>,
  mistakes: Diagnostics,
): void {
  for (const [name, test] of Object.entries(raw)) {
    const path = [...at, name];
    if (!names.includes(name)) {
      mistakes.add(path, 'unknown-parameter', `expected the name of a parameter, got ${show(name)}`, {
        at: 'key',
        fix: didYouMean(nearest(name, names)) ?? `use one of ${names.join(', ')}`,
      });
      continue;
    }
    if (test !== null && typeof test === 'object' && !Array.isArray(test)) {
      if (Object.keys(test).length === 0) {
        mistakes.add(
          path,
          'missing-key',
          'expected at least one of lt, le, gt, ge and not, got an empty mapping',
        );
        continue;
      }
    }
    const values = possible.get(name);
    if (values) checkTest(name, test, path, values, mistakes);
  }
}

function checkTest(name: string, raw: RawTest, path: Path, values: Possible, mistakes: Diagnostics): void {
  const never = (what: string, value: unknown, at: Path) =>
    mistakes.add(at, 'never-true', `${name} is never ${what}`, { fix: hint(value, values) });
  const checkList = (list: RawChoice | readonly RawChoice[], at: Path) => {
    const choices: readonly RawChoice[] = Array.isArray(list) ? list : [list as RawChoice];
    choices.forEach((choice, i) => {
      if (!mayBe(values, encodeChoice(choice)))
        never(show(choice), choice, Array.isArray(list) ? [...at, i] : at);
    });
  };
  if (raw === null || typeof raw !== 'object' || Array.isArray(raw)) {
    checkList(raw, path);
    return;
  }
  if (raw.not !== undefined) checkList(raw.not, [...path, 'not']);
  const { not: _, ...bounds } = raw;
  if (Object.keys(bounds).length > 0 && !mayPass(name, bounds as Comparison, values)) {
    const words = Object.entries(bounds).map(([key, bound]) => `${key} ${bound}`);
    never(words.join(' and '), null, path);
  }
}

function mayBe({ distribution, set }: Possible, value: ParamValue): boolean {
  return set.includes(value) || (distribution !== null && contains(distribution, value));
}

function mayPass(name: string, test: Comparison, { distribution, set }: Possible): boolean {
  const passes = (value: ParamValue) => holds({ [name]: test }, { [name]: value });
  if (set.some(passes)) return true;
  if (!distribution) return false;
  if (distribution.kind === 'categorical') return distribution.choices.some(passes);
  const { low, high } = distribution;
  if (test.lt !== undefined && test.lt <= low) return false;
  if (test.le !== undefined && test.le < low) return false;
  if (test.gt !== undefined && test.gt >= high) return false;
  if (test.ge !== undefined && test.ge > high) return false;
  const floor = Math.max(test.gt ?? low, test.ge ?? low);
  const ceiling = Math.min(test.lt ?? high, test.le ?? high);
  return floor < ceiling || (floor === ceiling && passes(floor));
}

function hint(value: unknown, { distribution, set }: Possible): string | undefined {
  if (distribution && distribution.kind !== 'categorical') {
    return `it is between ${distribution.low} and ${distribution.high}`;
  }
  const choices = [...(distribution?.choices ?? []), ...set];
  const asTexts = choices.filter((choice) => typeof choice === 'string');
  if (typeof value === 'number' && asTexts.some((choice) => choice.startsWith('[')))
    return 'a list means "one of"; write a list-valued choice in a list: [[8, 16]]';
  const close = typeof value === 'string' ? didYouMean(nearest(value, asTexts)) : undefined;
  return close ?? `its values are ${choices.map(show).join(', ')}`;
}
