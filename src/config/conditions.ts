import {
  type Comparison,
  type Condition,
  type ForbidCondition,
  type ForbidTest,
  holds,
  isParamRef,
  type Test,
} from '../core/constraint.js';
import { contains, type Distribution, type ParamValue } from '../core/distribution.js';
import { encodeChoice } from '../core/param-text.js';
import { didYouMean, show } from './describe-value.js';
import type { Diagnostics } from './diagnostics.js';
import { nearest } from './nearest.js';
import type { RawChoice, RawCondition, RawForbid, RawForbidTest, RawTest } from './parameter-schema.js';
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

/** As `encodeCondition`, for what is forbidden: bounds may be other parameters. */
export function encodeForbid(raw: RawForbid): ForbidCondition {
  return Object.fromEntries(
    Object.entries(raw).map(([name, test]): [string, ForbidTest] => {
      const { constants, refs, equal } = parted(test);
      if (equal !== null) return [name, { param: equal }];
      const plain = constants === null ? {} : encodeTest(constants);
      return [name, refs.length === 0 ? plain : { ...(plain as Comparison), ...Object.fromEntries(refs) }];
    }),
  );
}

type Parted = {
  /** The test without other parameters; null where it has nothing else. */
  readonly constants: RawTest | null;
  /** Comparison -> `{ param }`. */
  readonly refs: readonly (readonly [key: string, ref: { readonly param: string }])[];
  /** The parameter that the value shall equal; null: none. */
  readonly equal: string | null;
};

function parted(test: RawForbidTest): Parted {
  if (test === null || typeof test !== 'object' || Array.isArray(test))
    return { constants: test, refs: [], equal: null };
  const { param, ...comparisons } = test;
  const given = Object.entries(comparisons).filter(([, bound]) => bound !== undefined);
  const refs = given.flatMap(([key, bound]) => (isParamRef(bound) ? [[key, bound] as const] : []));
  const constants = given.filter(([, bound]) => !isParamRef(bound));
  return {
    constants: constants.length > 0 || given.length === 0 ? (Object.fromEntries(constants) as RawTest) : null,
    refs,
    equal: param ?? null,
  };
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
      noteUnknown(name, path, 'key', names, mistakes);
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

/** As `checkCondition`, for what is forbidden: also that the parameters compared with exist and may be compared. */
export function checkForbid(
  raw: RawForbid,
  at: Path,
  names: readonly string[],
  possible: ReadonlyMap<string, Possible>,
  mistakes: Diagnostics,
): void {
  for (const [name, test] of Object.entries(raw)) {
    const { constants, refs, equal } = parted(test);
    const isMixed =
      equal !== null && (refs.length > 0 || Object.keys((constants as object | null) ?? {}).length > 0);
    if (isMixed)
      mistakes.add([...at, name], 'bad-constraint', 'expected param alone or comparisons, got both', {
        fix: 'write lt: {param: NAME}, le, gt, ge or not',
      });
    else if (constants !== null && equal === null)
      checkCondition({ [name]: constants }, at, names, possible, mistakes);
    else if (!names.includes(name)) noteUnknown(name, [...at, name], 'key', names, mistakes);
    const all = equal === null ? refs : [['is', { param: equal }] as const];
    for (const [key, { param }] of isMixed ? [] : all) {
      const path = key === 'is' ? [...at, name, 'param'] : [...at, name, key, 'param'];
      checkRef({ name, key, param }, path, names, possible, mistakes);
    }
  }
}

function checkRef(
  { name, key, param }: { readonly name: string; readonly key: string; readonly param: string },
  path: Path,
  names: readonly string[],
  possible: ReadonlyMap<string, Possible>,
  mistakes: Diagnostics,
): void {
  if (!names.includes(param)) {
    noteUnknown(param, path, 'value', names, mistakes);
    return;
  }
  if (param === name) {
    mistakes.add(path, 'bad-constraint', `expected another parameter than ${name}, got itself`);
    return;
  }
  const [own, other] = [possible.get(name), possible.get(param)];
  if (!own || !other) return;
  const isOrder = key !== 'is' && key !== 'not';
  const words = isOrder ? [name, param].find((one) => !isNumeric(one === name ? own : other)) : undefined;
  if (words !== undefined)
    mistakes.add(
      path,
      'bad-constraint',
      `expected two parameters of numbers to compare with ${key}, but ${words} has others`,
      {
        fix: 'write not: {param: NAME}, or {param: NAME} for equal values',
      },
    );
  else if (isOrder && !mayOrder(key, own, other))
    mistakes.add(path, 'never-true', `${name} is never ${key} ${param}`, {
      fix: `${name} is ${hullText(own)}, ${param} is ${hullText(other)}: remove this, or change a range`,
    });
}

/** Returns the lowest and the highest number that a name may have. */
function hullOf({ distribution: d, set }: Possible): readonly [number, number] {
  const numbers = set.filter((value) => typeof value === 'number');
  if (d && d.kind !== 'categorical') numbers.push(d.low, d.high);
  else for (const choice of d?.choices ?? []) if (typeof choice === 'number') numbers.push(choice);
  return [Math.min(...numbers), Math.max(...numbers)];
}

function hullText(values: Possible): string {
  const [low, high] = hullOf(values);
  return `between ${low} and ${high}`;
}

function mayOrder(key: string, own: Possible, other: Possible): boolean {
  const [a, b] = [hullOf(own), hullOf(other)];
  if (key === 'lt') return a[0] < b[1];
  if (key === 'le') return a[0] <= b[1];
  return key === 'gt' ? a[1] > b[0] : a[1] >= b[0];
}

/** Whether a name may only have numbers. */
export function isNumeric({ distribution: d, set }: Possible): boolean {
  const choices = d?.kind === 'categorical' ? d.choices : [];
  return [...choices, ...set].every((value) => typeof value === 'number');
}

/** Notes a name that no parameter has. */
export function noteUnknown(
  name: string,
  path: Path,
  at: 'key' | 'value',
  names: readonly string[],
  mistakes: Diagnostics,
): void {
  mistakes.add(path, 'unknown-parameter', `expected the name of a parameter, got ${show(name)}`, {
    ...(at === 'key' && { at }),
    fix: didYouMean(nearest(name, names)) ?? `use one of ${names.join(', ')}`,
  });
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
