import { findInfeasible, infeasibleText } from '../core/allowed/place.js';
import type { Constraint } from '../core/constraint.js';
import { HpoError } from '../core/errors.js';
import { encodeChoice } from '../core/param-text.js';
import { makeSpace, type ParamSpec, type Space } from '../core/space.js';
import type { Builtin } from './builtin.js';
import { checkCondition, checkForbid, encodeCondition, encodeForbid, type Possible } from './conditions.js';
import type { Diagnostics } from './diagnostics.js';
import type { RawConstraint, RawParameter } from './parameter-schema.js';
import { checkName, toParam } from './parameters.js';
import { checkTotal, isTotal, toTotal } from './totals.js';
import type { Path } from './yaml-file.js';

/** The parts of the file with the right shape: only these are checked further. */
export type ValidatedSpace = {
  readonly parameters: Readonly<Record<string, RawParameter>>;
  /** Keyed by index in the list. */
  readonly constraints: ReadonlyMap<number, RawConstraint>;
  /** Every name in the file, including those of invalid parameters. */
  readonly names: readonly string[];
};

/** Returns the space of the file; null after noting what is wrong with it. */
export function toSpace(sound: ValidatedSpace, builtin: Builtin | null, mistakes: Diagnostics): Space | null {
  const before = mistakes.errors.length;
  const params = Object.entries(sound.parameters).map(([name, raw]) => toParam(name, raw, builtin, mistakes));
  const known = params.filter((param) => param !== null);
  const constraints = [...sound.constraints].map(([i, raw]) => toConstraint(raw, i, builtin, mistakes));
  checkConditions(sound, known, mistakes);
  if (mistakes.errors.length > before) return null;
  return build(
    known,
    constraints.filter((c) => c !== null),
    [...sound.constraints.keys()],
    mistakes,
  );
}

function toConstraint(
  raw: RawConstraint,
  index: number,
  builtin: Builtin | null,
  mistakes: Diagnostics,
): Constraint | null {
  const path = ['constraints', index];
  const { when, set, forbid } = raw;
  if (isTotal(raw)) return toTotal(raw, path, mistakes);
  if (forbid && Object.keys(raw).length === 1) return { kind: 'forbid', forbid: encodeForbid(forbid) };
  if (!when || !set || Object.keys(raw).length > 2) {
    const got = Object.keys(raw).join(' and ') || 'an empty mapping';
    mistakes.add(
      path,
      'bad-constraint',
      `expected {when, set}, {forbid}, {sum, max} or {product, max}, got ${got}`,
      {
        fix: constraintFix(raw),
      },
    );
    return null;
  }
  const before = mistakes.errors.length;
  for (const [name, value] of Object.entries(set)) {
    if (!builtin || !checkName(name, builtin, mistakes, [...path, 'set', name])) continue;
    const problem = builtin.problem(name, value);
    if (problem) mistakes.add([...path, 'set', name], 'bad-parameter', `${name}: ${problem}`);
  }
  if (mistakes.errors.length > before) return null;
  const values = Object.fromEntries(Object.entries(set).map(([name, value]) => [name, encodeChoice(value)]));
  return { kind: 'set', when: encodeCondition(when), set: values };
}

function constraintFix({ when, set, forbid, min, max }: RawConstraint): string {
  if (min !== undefined || max !== undefined)
    return when || set || forbid ? 'remove min and max' : 'add `sum: [NAME, ...]` or `product: [NAME, ...]`';
  if (forbid)
    return when && !set ? 'move the content of `when` into `forbid`' : 'split it into two constraints';
  if (when) return 'add `set: {NAME: VALUE}`';
  return set ? 'add `when: {NAME: VALUE}`' : 'remove it, or add `set` or `forbid`';
}

function checkConditions(sound: ValidatedSpace, params: readonly ParamSpec[], mistakes: Diagnostics): void {
  const constraints = [...sound.constraints];
  const sets = constraints.flatMap(([, { set }]) => Object.entries(set ?? {}));
  const setTo = (name: string) => sets.filter(([n]) => n === name).map(([, value]) => encodeChoice(value));
  const names = [...new Set([...sound.names, ...sets.map(([name]) => name)])];
  const possible = new Map<string, Possible>();
  for (const name of names) {
    const param = params.find((p) => p.name === name);
    // A name whose parameter is invalid may have any value.
    if (param || !sound.names.includes(name))
      possible.set(name, { distribution: param?.distribution ?? null, set: setTo(name) });
  }
  for (const [name, raw] of Object.entries(sound.parameters)) {
    if (!Array.isArray(raw) && raw.when)
      checkCondition(raw.when, ['parameters', name, 'when'], names, possible, mistakes);
  }
  for (const [i, raw] of constraints) {
    const { when, forbid } = raw;
    if (when) checkCondition(when, ['constraints', i, 'when'], names, possible, mistakes);
    if (forbid) checkForbid(forbid, ['constraints', i, 'forbid'], names, possible, mistakes);
    if (isTotal(raw)) checkTotal(raw, ['constraints', i], names, possible, mistakes);
  }
}

function build(
  params: readonly ParamSpec[],
  constraints: readonly Constraint[],
  places: readonly number[],
  mistakes: Diagnostics,
): Space | null {
  const attempt = tryMakeSpace(params, constraints);
  if (!(attempt instanceof HpoError)) {
    const infeasible = findInfeasible(attempt);
    if (!infeasible) return attempt;
    mistakes.add(['constraints', places[infeasible.index] ?? 0], 'infeasible', infeasibleText(infeasible), {
      fix: 'loosen a constraint, or widen a range',
    });
    return null;
  }
  mistakes.adopt(findCulprit(params, constraints, places), attempt, 'key');
  return null;
}

function tryMakeSpace(params: readonly ParamSpec[], constraints: readonly Constraint[]): Space | HpoError {
  try {
    return makeSpace(params, constraints);
  } catch (error) {
    if (error instanceof HpoError) return error;
    throw error;
  }
}

/** Returns the condition that closes a cycle: the first one with which the space, built step by step, becomes invalid. */
function findCulprit(
  params: readonly ParamSpec[],
  constraints: readonly Constraint[],
  places: readonly number[],
): Path {
  const bare = params.map(({ when: _, ...param }) => param);
  // Names that only constraints set must exist before a condition may mention them.
  const names = constraints.map((c) => (c.kind === 'set' ? { ...c, when: {} } : c));
  const fails = (p: readonly ParamSpec[], c: readonly Constraint[]) => tryMakeSpace(p, c) instanceof HpoError;
  for (let i = 0; i < params.length; i++) {
    if (fails([...params.slice(0, i + 1), ...bare.slice(i + 1)], names))
      return ['parameters', params[i]!.name, 'when'];
  }
  for (let i = 0; i < constraints.length; i++) {
    if (fails(params, [...constraints.slice(0, i + 1), ...names.slice(i + 1)]))
      return ['constraints', places[i]!, 'when'];
  }
  return ['parameters'];
}
