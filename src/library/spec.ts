import { type SpecDifference, specDifferences } from '../config/spec-diff.js';
import { assertFeasible } from '../core/allowed/place.js';
import { BOUNDS } from '../core/bounds.js';
import type { Constraint } from '../core/constraint.js';
import { usageError } from '../core/errors.js';
import { isMapping } from '../core/mapping.js';
import { shownValue } from '../core/shown-value.js';
import { makeSpace, type ParamSpec } from '../core/space.js';
import { plainSpec, type StudySpec } from '../core/spec.js';
import type { Search } from './component-options.js';
import { checkCondition } from './conditions.js';
import { constraintsOf, valuesSet } from './constraints.js';
import { conditionOf, gridStepsOf, priorOf } from './distributions.js';
import { objectivesOf } from './objectives.js';
import type { SearchSpace } from './space-types.js';
import type { CreateStudyOptions, RaceOptions } from './study-options.js';
import { transferOf } from './transfer.js';

const KINDS = ['float', 'int', 'categorical'];

/** @throws HpoError study.directions, study.metrics, study.repeats, study.seed, study.space (usage) and as `makeSpace`. */
export function toSpec(options: CreateStudyOptions, search: Search): StudySpec {
  const objectives = objectivesOf(options);
  const { seed = 0 } = options;
  const { repeats, race } = repeatsOf(options);
  if (!Number.isSafeInteger(seed) || seed < 0)
    throw usageError(
      'study.seed',
      `expected seed to be a whole number of at least 0, got ${shownValue(seed)}`,
    );
  const { constraints, limits } = constraintsOf(options);
  const space = makeSpace(toParams(options.space ?? {}, constraints), constraints);
  assertFeasible(space);
  return {
    ...plainSpec(objectives, space),
    metricConstraints: limits,
    transfer: transferOf(options.transfer),
    ...(options.space === undefined && { defineByRun: true as const }),
    repeats,
    race,
    ...search.spec,
  };
}

/** Returns how many trials each configuration has, or may have in a race. @throws HpoError study.repeats (usage). */
export function repeatsOf({ repeats: given = 1 }: Pick<CreateStudyOptions, 'repeats'>): Repeats {
  const { max, race = true } = isMapping(given)
    ? (given as RaceOptions)
    : { max: given as number, race: false };
  if (!Number.isSafeInteger(max) || max < 1 || max > BOUNDS.repeats || typeof race !== 'boolean')
    throw usageError(
      'study.repeats',
      `expected repeats to be a whole number from 1 to ${BOUNDS.repeats}, or { max, race }, got ${shownValue(given)}`,
    );
  return race ? { repeats: 1, race: max } : { repeats: max, race: null };
}

type Repeats = Pick<StudySpec, 'repeats' | 'race'>;

function toParams(space: SearchSpace, constraints: readonly Constraint[]): ParamSpec[] {
  const values = valuesSet(constraints);
  return Object.entries(space).map(([name, given]) => {
    // JavaScript callers may write a range as a sweep file does.
    if (!KINDS.includes(given?.kind))
      throw usageError('study.space', `expected a range or choices for ${name}, got ${shownValue(given)}`, {
        fix: 'use float(low, high), int(low, high) or categorical(choices)',
      });
    const when = conditionOf(given);
    if (when) checkCondition(when, { space, values, owner: name, refs: false });
    const prior = priorOf(given);
    const steps = gridStepsOf(given);
    return {
      name,
      distribution: { ...given },
      ...(steps !== null && { steps }),
      ...(when && { when }),
      ...(prior && { prior }),
    };
  });
}

/** `allowed`: the caller wants the changes; `fix`: what else it can do. */
export type ChangeRules = { readonly allowed: boolean; readonly fix: string };

/**
 * Makes sure that a study resumes with the search that its trials came from, or with one that they can belong to.
 * @throws HpoError study.changed, study.choices-changed, study.transfer-changed or study.objectives-changed (usage) with every difference.
 */
export function refuseChanges(
  name: string,
  stored: StudySpec,
  now: StudySpec,
  { allowed, fix }: ChangeRules,
): void {
  const found = specDifferences(stored, now);
  const refuse = (code: string, what: string, differences: readonly string[], advice: string) => {
    throw usageError(code, `${what}:\n${differences.join('\n')}`, { fix: advice });
  };
  const text = ({ area, path, stored: was, now: is }: SpecDifference) =>
    `  ${path || area}\n    stored: ${was}\n    now:    ${is}`;
  const isNamed = (spec: StudySpec) => spec.defineByRun ?? false;
  const differs = `stored study ${name} differs from the program`;
  // First what no caller can allow: the advice to allow it would lead nowhere.
  if (isNamed(stored) !== isNamed(now)) {
    const spaces = `  space\n    stored: ${declared(stored)}\n    now:    ${declared(now)}`;
    const advice = 'use a new name, or open it as it is stored with loadStudy, without a space';
    refuse('study.changed', differs, [spaces, ...found.map(text)], advice);
  }
  const otherKinds = found.filter(({ kind }) => kind).map(text);
  if (otherKinds.length > 0) {
    const what = `study ${name} has parameters of another kind or scale, and Optuna refuses a study that mixes them`;
    refuse('study.choices-changed', what, otherKinds, 'use a new name');
  }
  if (stored.objectives.length !== now.objectives.length)
    throw usageError(
      'study.objectives-changed',
      `study ${name} has ${stored.objectives.length} objectives, got ${now.objectives.length}: every trial has a value for each`,
      { fix: 'use a new name' },
    );
  const otherTransfer = found.filter(({ area }) => area === 'transfer').map(text);
  if (otherTransfer.length > 0) {
    const what = `study ${name} learns from other earlier studies than the program names, and keeps what they had found when it was made`;
    const advice = 'restore transfer (a weight of 0 leaves them out), or use a new name';
    refuse('study.transfer-changed', what, otherTransfer, advice);
  }
  if (!allowed && found.length > 0) refuse('study.changed', differs, found.map(text), fix);
}

function declared({ defineByRun }: StudySpec): string {
  return defineByRun ? 'named by the objective as it runs' : 'declared';
}

/** Returns a stored specification with another space, to compare it. */
export function withSpace(spec: StudySpec, space: SearchSpace): StudySpec {
  const { defineByRun: _, ...rest } = spec;
  const made = makeSpace(toParams(space, spec.space.constraints), spec.space.constraints);
  assertFeasible(made);
  return { ...rest, space: made };
}
