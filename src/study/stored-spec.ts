import type { Params } from '../core/distribution.js';
import { HpoError, usageError } from '../core/errors.js';
import { trainerSeed } from '../core/rng.js';
import { paramsKey } from '../core/space.js';
import type { StudySpec } from '../core/spec.js';
import type { Direction } from '../core/trial.js';
import type { StudyRecord } from '../storage/storage.js';
import { oddKey } from './spec-shape.js';

const ADDED_LATER: Partial<StudySpec> = {
  start: [],
  outcomes: [],
  terminator: { name: 'none', options: {} },
};

/**
 * Returns the specification of a stored study.
 * @throws HpoError study.foreign when another program made the study; storage.corrupt-row when the value is not valid.
 */
export function storedSpec(record: StudyRecord): StudySpec {
  if (record.spec === null) {
    throw usageError(
      'study.foreign',
      `study ${record.name} was made by another program: hpo knows no space or trainer for it`,
      {
        fix: 'continue it with `hpo optimize` and a sweep file with `parameters: stored`, or use another study name (--study NAME)',
      },
    );
  }
  const odd = oddKey(record.spec);
  if (odd !== null) {
    throw new HpoError(
      'storage.corrupt-row',
      `the specification of study ${record.name} cannot be read: ${odd} holds a value that hpo does not write`,
      { fix: `\`hpo study delete ${record.name} --yes\` removes the study` },
    );
  }
  // Keys that were added since the study was stored have their defaults.
  return { ...ADDED_LATER, ...(record.spec as unknown as StudySpec) };
}

/**
 * Returns the seeds of all repeats: given ones first, then stored ones, then derived ones. Stored seeds beyond the number of
 * repeats stay, so that a used repeat never gets another seed when repeats are reduced and raised again.
 */
export function deriveSeeds(
  spec: StudySpec,
  studySeed: number,
  stored: readonly number[] | null = null,
): number[] {
  return Array.from(
    { length: Math.max(spec.repeats, stored?.length ?? 0) },
    (_, r) => spec.seeds?.[r] ?? stored?.[r] ?? trainerSeed(studySeed, r),
  );
}

export function directionsOf(spec: StudySpec): Direction[] {
  return spec.objectives.map((objective) => objective.direction);
}

/** Returns initial points without duplicates. */
export function eachOnce(points: readonly Params[]): Params[] {
  return [...new Map(points.map((point) => [paramsKey(point), point])).values()];
}
