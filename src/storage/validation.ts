import { toStored } from '../core/distribution.js';
import { HpoError, usageError } from '../core/errors.js';
import type { Direction } from '../core/trial.js';
import type { Ending, FilledConfig, ImportedTrialRecord, ReportedPoint } from './storage.js';

// What every storage rejects, with the same messages.

/** Optuna's own limit; its other databases refuse a longer name. */
const MAX_NAME_LENGTH = 512;

/** They would reach terminals and files through the name of the study. */
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;

/** @throws HpoError storage.bad-name (usage), storage.no-direction. */
export function checkNewStudy({
  name,
  directions,
}: {
  readonly name: string;
  readonly directions: readonly Direction[];
}): void {
  checkStudyName(name);
  if (directions.length === 0)
    throw new HpoError('storage.no-direction', 'expected at least one direction, got none');
}

/** @throws HpoError storage.bad-name (usage). */
export function checkStudyName(name: string): void {
  if (name.length === 0 || name.length > MAX_NAME_LENGTH) {
    const expected = `a study name of 1 to ${MAX_NAME_LENGTH} characters`;
    throw usageError('storage.bad-name', `expected ${expected}, got ${name.length} characters`);
  }
  if (CONTROL.test(name)) {
    const expected = 'a study name without control characters';
    throw usageError('storage.bad-name', `expected ${expected}, got ${JSON.stringify(name)}`);
  }
}

export function studyExists(name: string): HpoError {
  return usageError(
    'storage.study-exists',
    `expected a new study name, but ${JSON.stringify(name)} exists already`,
    { fix: 'choose another name, or continue with the existing study' },
  );
}

export function noStudy(studyId: number): HpoError {
  return new HpoError('storage.no-study', `expected a study with id ${studyId}, but there is none`, {
    fix: 'it may have been deleted meanwhile; `hpo study list` shows what is there',
  });
}

export function lostIndex(reservationId: number): HpoError {
  return new HpoError(
    'storage.index-lost',
    `expected reservation ${reservationId} to hold an index, but the index was released or used meanwhile`,
    { fix: 'ask again for a new index' },
  );
}

export function noConfiguration(configId: number): HpoError {
  return new HpoError(
    'storage.no-configuration',
    `expected a configuration with id ${configId}, but there is none`,
  );
}

/**
 * The number that Optuna stores for each parameter.
 * @throws HpoError storage.no-distribution; RangeError for a value that is no choice of its distribution.
 */
export function storedParams({ params, distributions }: FilledConfig) {
  return Object.entries(params).map(([name, value]) => {
    const distribution = Object.hasOwn(distributions, name) ? distributions[name] : undefined;
    if (!distribution) {
      throw new HpoError('storage.no-distribution', `expected a distribution of ${name}, got none`);
    }
    return { name, distribution, stored: toStored(distribution, value) };
  });
}

/** @throws HpoError storage.bad-step when a step is no integer >= 0. */
export function checkPoints(points: readonly ReportedPoint[]): void {
  for (const { name, step } of points) {
    if (step === null || (Number.isSafeInteger(step) && step >= 0)) continue;
    throw new HpoError(
      'storage.bad-step',
      `expected a step that is an integer >= 0 for ${name}, got ${step}`,
    );
  }
}

/**
 * The values to store with an ending. A failed trial has none; Optuna fails to load a complete one with too few, or
 * with NaN.
 * @throws HpoError storage.bad-values when they do not fit a study of so many objectives.
 */
export function checkedValues({ state, values }: Ending, objectives: number): readonly number[] {
  if (state === 'fail' || (state === 'pruned' && values === null)) return [];
  if (values?.length !== objectives || values.some(Number.isNaN)) {
    const expected = `expected ${objectives} values, none of them NaN, for a ${state} trial`;
    throw new HpoError(
      'storage.bad-values',
      `${expected}, got ${JSON.stringify(values?.map(String) ?? null)}`,
    );
  }
  return values;
}

/**
 * Looks at every one before any is written.
 * @throws HpoError storage.no-distribution, storage.bad-step or storage.bad-values.
 */
export function checkFinished(trials: readonly ImportedTrialRecord[], objectives: number): void {
  for (const { filled, points, ending } of trials) {
    storedParams(filled);
    checkPoints(points);
    checkedValues(ending, objectives);
  }
}

export function isClosed(url: string): HpoError {
  return new HpoError('storage.closed', `the storage ${url} is closed already`);
}

/** Rows of plain objects would be those of no database. */
export function inMemory(): HpoError {
  return usageError('storage.in-memory', 'expected a database that is stored, got one in memory', {
    fix: 'copyStudy of the library copies the trials of a study in memory',
  });
}
