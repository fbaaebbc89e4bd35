import { specDifferences } from '../config/spec-diff.js';
import { BOUNDS } from '../core/bounds.js';
import { usageError } from '../core/errors.js';
import { makeSpace, type ParamSpec } from '../core/space.js';
import { plainSpec, type StudySpec } from '../core/spec.js';
import type { Direction } from '../core/trial.js';
import { type Search, toTerminator } from './component-options.js';
import type { CreateStudyOptions, SearchSpace } from './types.js';

const KINDS = ['float', 'int', 'categorical'];

/** @throws HpoError study.directions, study.metrics, study.repeats, study.seed, study.space (usage) and as `makeSpace`. */
export function toSpec(options: CreateStudyOptions, search: Search): StudySpec {
  const directions = directionsOf(options);
  const metrics = metricsOf(options, directions.length);
  const { repeats = 1 } = options;
  if (!Number.isSafeInteger(repeats) || repeats < 1 || repeats > BOUNDS.repeats)
    throw usageError(
      'study.repeats',
      `expected repeats to be a whole number from 1 to ${BOUNDS.repeats}, got ${repeats}`,
    );
  const { seed = 0 } = options;
  if (!Number.isSafeInteger(seed) || seed < 0)
    throw usageError(
      'study.seed',
      `expected seed to be a whole number of at least 0, got ${JSON.stringify(seed)}`,
    );
  const objectives = directions.map((direction, k) => ({
    metric: metrics[k] as string,
    direction,
    reduce: 'last' as const,
  }));
  return {
    ...plainSpec(objectives, makeSpace(toParams(options.space ?? {}))),
    ...(options.space === undefined && { defineByRun: true as const }),
    repeats,
    ...search.spec,
    terminator: toTerminator(options.terminator),
  };
}

function toParams(space: SearchSpace): ParamSpec[] {
  return Object.entries(space).map(([name, distribution]) => {
    // JavaScript callers may write a range as a sweep file does.
    if (!KINDS.includes(distribution?.kind))
      throw usageError(
        'study.space',
        `expected a range or choices for ${name}, got ${JSON.stringify(distribution)}`,
        {
          fix: 'use float(low, high), int(low, high) or categorical(choices)',
        },
      );
    return { name, distribution };
  });
}

function directionsOf({ direction, directions }: CreateStudyOptions): readonly Direction[] {
  const given = [...(direction ? [direction] : []), ...(directions ?? [])];
  const odd = given.find((each) => each !== 'minimize' && each !== 'maximize');
  if (odd !== undefined)
    throw usageError('study.directions', `expected minimize or maximize, got ${JSON.stringify(odd)}`);
  if (given.length > 0 && (direction === undefined || directions === undefined)) return given;
  throw usageError(
    'study.directions',
    `expected either direction or directions, got ${given.length === 0 ? 'neither' : 'both'}`,
    { fix: "direction: 'minimize', or directions: ['minimize', 'maximize']" },
  );
}

function metricsOf({ metrics }: CreateStudyOptions, count: number): readonly string[] {
  if (metrics === undefined)
    return count === 1 ? ['objective'] : Array.from({ length: count }, (_, k) => `objective_${k}`);
  if (metrics.length === count && new Set(metrics).size === count && !metrics.includes('')) return metrics;
  throw usageError(
    'study.metrics',
    `expected ${count} different metric names, one for each direction, got ${JSON.stringify(metrics)}`,
  );
}

/**
 * Makes sure that a study resumes with the search that its trials came from.
 * @throws HpoError study.changed (usage) with every difference.
 */
export function refuseChanges(name: string, stored: StudySpec, now: StudySpec): void {
  const differences = specDifferences(stored, now).map(
    ({ area, path, stored: was, now: is }) => `  ${path || area}\n    stored: ${was}\n    now:    ${is}`,
  );
  if ((stored.defineByRun ?? false) !== (now.defineByRun ?? false))
    differences.unshift(`  space\n    stored: ${declared(stored)}\n    now:    ${declared(now)}`);
  if (differences.length === 0) return;
  throw usageError(
    'study.changed',
    `stored study ${name} differs from the program:\n${differences.join('\n')}`,
    { fix: 'use a new name, or open the stored study with loadStudy' },
  );
}

function declared({ defineByRun }: StudySpec): string {
  return defineByRun ? 'named by the objective as it runs' : 'declared';
}

/** Returns a stored specification with another space, to compare it. */
export function withSpace(spec: StudySpec, space: SearchSpace): StudySpec {
  const { defineByRun: _, ...rest } = spec;
  return { ...rest, space: makeSpace(toParams(space), spec.space.constraints) };
}
