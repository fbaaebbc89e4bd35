import {
  type CategoricalDistribution,
  categorical,
  type Distribution,
  float,
  int,
  latticePoint,
  type ParamValue,
} from '../core/distribution.js';
import { HpoError } from '../core/errors.js';
import { isMapping } from '../core/mapping.js';
import { encodeChoice } from '../core/param-text.js';
import type { ParamSpec } from '../core/space.js';
import type { Builtin } from './builtin.js';
import { encodeCondition } from './conditions.js';
import { describeValue, didYouMean, show } from './describe-value.js';
import type { Diagnostics } from './diagnostics.js';
import { nearest } from './nearest.js';
import { PARAMETER_KEYS, type RawChoice, type RawMapping, type RawParameter } from './parameter-schema.js';
import { toPrior } from './priors.js';
import type { Path } from './yaml-file.js';

/**
 * Returns one parameter of the sweep file in the core's form; null after noting what is wrong with it. Its `when` is
 * checked later, when all parameters are known.
 */
export function toParam(
  name: string,
  raw: RawParameter,
  builtin: Builtin | null,
  mistakes: Diagnostics,
): ParamSpec | null {
  const path = ['parameters', name];
  if (builtin && !checkName(name, builtin, mistakes, path)) return null;
  if (Array.isArray(raw)) {
    const distribution = toChoices(name, raw, builtin, mistakes, path);
    return distribution && { name, distribution };
  }
  const distribution = raw.values
    ? fromValues(name, raw, raw.values, builtin, mistakes)
    : fromRange(name, raw, builtin, mistakes);
  if (!distribution) return null;
  const prior = toPrior(name, raw, distribution, mistakes);
  return {
    name,
    distribution,
    ...(raw.steps !== undefined && { steps: raw.steps }),
    ...(raw.when && { when: encodeCondition(raw.when) }),
    ...(prior && { prior }),
  };
}

/** Notes parameters written as `learner: {step_size: [...]}`; returns the names that it has reported. */
export function noteNested(parameters: unknown, mistakes: Diagnostics): ReadonlySet<string> {
  const nested = new Set<string>();
  for (const [name, raw] of isMapping(parameters) ? Object.entries(parameters) : []) {
    if (!isMapping(raw) || Object.keys(raw).some((key) => PARAMETER_KEYS.includes(key))) continue;
    nested.add(name);
    const inner = Object.keys(raw)[0];
    // `{mni: 1, mxa: 2}` is a range with two typos rather than a section.
    const slip = inner === undefined ? null : nearest(inner, PARAMETER_KEYS);
    const got = inner === undefined ? 'an empty mapping' : `a mapping with the key ${show(inner)}`;
    mistakes.add(
      ['parameters', name],
      'nested-parameter',
      `expected a list, {values: [...]} or {min, max}, got ${got}`,
      {
        at: 'key',
        fix:
          slip || inner === undefined
            ? (didYouMean(slip) ?? 'give the values to try')
            : `name the parameter in full: ${name}.${inner}: ${Array.isArray(raw[inner]) ? show(raw[inner]) : '...'}`,
      },
    );
  }
  return nested;
}

/** Returns whether the built-in trainer has the name; notes it when not. */
export function checkName(name: string, builtin: Builtin, mistakes: Diagnostics, path: Path): boolean {
  const wrong = (message: string, fix: string | undefined) => {
    mistakes.add(path, 'bad-parameter', message, { at: 'key', fix });
    return false;
  };
  if (name === 'seed')
    return wrong('seed cannot be a parameter: every trial has its own', 'use `repeats: N` or `seeds: [...]`');
  if (builtin.names.includes(name)) return true;
  const inside = builtin.names.filter((known) => known.startsWith(`${name}.`));
  const words = `expected a value of the run configuration, got ${show(name)}`;
  if (inside.length > 0) return wrong(`${words}, which is a section`, `name one of ${inside.join(', ')}`);
  const close = didYouMean(nearest(name, builtin.names));
  const known = `name one of ${builtin.names.join(', ')}`;
  return wrong(
    words,
    close ?? `for a program of your own give trainer.command; for the built-in trainer ${known}`,
  );
}

function toChoices(
  name: string,
  raw: readonly RawChoice[],
  builtin: Builtin | null,
  mistakes: Diagnostics,
  path: Path,
): CategoricalDistribution | null {
  const before = mistakes.errors.length;
  const seen = new Set<string>();
  raw.forEach((choice, i) => {
    const text = JSON.stringify(encodeChoice(choice));
    if (seen.has(text)) mistakes.add([...path, i], 'duplicate-value', `${show(choice)} is given twice`);
    seen.add(text);
    const problem = builtin?.problem(name, choice);
    if (problem) mistakes.add([...path, i], 'bad-parameter', `${name}: ${problem}`);
  });
  return mistakes.errors.length > before ? null : categorical(raw.map(encodeChoice));
}

const RANGE_KEYS = ['min', 'max', 'log', 'step', 'steps', 'int'] as const;

function fromValues(
  name: string,
  raw: RawMapping,
  values: readonly RawChoice[],
  builtin: Builtin | null,
  mistakes: Diagnostics,
): Distribution | null {
  const path = ['parameters', name];
  const extra = RANGE_KEYS.filter((key) => raw[key] !== undefined);
  for (const key of extra) {
    mistakes.add([...path, key], 'bad-parameter', `expected values or a range, got values and ${key}`, {
      at: 'key',
      fix: `remove ${key}, or values`,
    });
  }
  const distribution = toChoices(name, values, builtin, mistakes, [...path, 'values']);
  if (extra.length > 0 || !distribution) return null;
  return raw.ordered === undefined ? distribution : { ...distribution, ordered: raw.ordered };
}

function fromRange(
  name: string,
  raw: RawMapping,
  builtin: Builtin | null,
  mistakes: Diagnostics,
): Distribution | null {
  const path = ['parameters', name];
  const { min, max } = raw;
  if (min === undefined || max === undefined) {
    const lacks = [min === undefined && 'min', max === undefined && 'max'].filter(Boolean).join(' and ');
    mistakes.add(path, 'missing-key', `expected values, or min and max: ${lacks} missing`, {
      at: 'key',
      fix: `write ${name}: {min: ..., max: ...} or ${name}: {values: [...]}`,
    });
    return null;
  }
  const before = mistakes.errors.length;
  const wrong = (key: string, code: string, message: string, fix?: string) =>
    mistakes.add([...path, key], code, message, { fix });
  if (raw.ordered !== undefined)
    mistakes.add([...path, 'ordered'], 'bad-parameter', 'expected ordered with values only, got a range', {
      at: 'key',
      fix: 'remove ordered: a range has an order anyway',
    });
  const ends = raw.int ? (['min', 'max', 'step'] as const) : [];
  for (const key of ends) {
    const value = raw[key];
    if (value !== undefined && !Number.isSafeInteger(value))
      wrong(key, 'bad-range', `expected a whole number with int: true, got ${value}`);
  }
  if (min > max) wrong('max', 'bad-range', `expected max to be at least min, got ${min} and ${max}`);
  if (raw.log && min <= 0) wrong('min', 'bad-range', `expected min above 0 with log: true, got ${min}`);
  if (raw.log && raw.step !== undefined)
    wrong(
      'step',
      'log-step',
      'log and step cannot be combined',
      'remove one; grids take `steps` points of a log range',
    );
  if (raw.steps !== undefined && raw.step !== undefined)
    wrong('steps', 'bad-range', 'steps and step cannot be combined', 'remove one of them');
  if (raw.steps === 1 && min !== max)
    wrong('steps', 'bad-range', 'expected at least 2 steps: both ends count, got 1');
  if (mistakes.errors.length > before) return null;

  const distribution = build(raw, min, max, (message) => mistakes.add(path, 'bad-range', message));
  if (!distribution || !builtin) return distribution;
  return checkEnds(name, distribution, builtin, mistakes) ? distribution : null;
}

function build(
  raw: RawMapping,
  min: number,
  max: number,
  fail: (message: string) => void,
): Distribution | null {
  const more = { log: raw.log ?? false, ...(raw.step !== undefined && { step: raw.step }) };
  try {
    return raw.int ? int(min, max, more) : float(min, max, more);
  } catch (error) {
    if (!(error instanceof HpoError && error.code === 'space.range')) throw error;
    // The core uses low and high, the file min and max.
    fail(error.message.replace(/\blow\b/g, 'min').replace(/\bhigh\b/g, 'max'));
    return null;
  }
}

/** Checks both ends and one value between them: a range of floats for an integer setting shows only there. */
function checkEnds(name: string, d: Distribution, builtin: Builtin, mistakes: Diagnostics): boolean {
  if (d.kind === 'categorical') return true;
  const before = mistakes.errors.length;
  for (const [key, value] of [
    ['min', d.low],
    ['max', d.high],
  ] as const) {
    const problem = builtin.problem(name, value);
    if (problem) mistakes.add(['parameters', name, key], 'bad-parameter', `${name}: ${problem}`);
  }
  const between: ParamValue =
    d.step === null ? d.low + (d.high - d.low) * 0.618 : Math.min(d.high, latticePoint(d.low, d.step, 1));
  const problem = mistakes.errors.length === before ? builtin.problem(name, between) : null;
  if (problem) {
    const whole =
      d.kind === 'float' && !Number.isInteger(between) && !builtin.problem(name, Math.round(between));
    mistakes.add(['parameters', name], 'bad-parameter', `${name}: ${problem}, which the range contains`, {
      at: 'key',
      fix: whole
        ? 'add `int: true`'
        : `change the range so that it does not contain ${describeValue(between)}`,
    });
  }
  return mistakes.errors.length === before;
}
