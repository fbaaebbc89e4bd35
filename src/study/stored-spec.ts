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

/** @throws HpoError study.foreign when the study was not made by hpo; storage.corrupt-row when it holds anything else. */
export function storedSpec(record: StudyRecord): StudySpec {
  if (record.spec === null) {
    throw usageError(
      'study.foreign',
      `study ${record.name} was made by another program: hpo knows no space or trainer for it`,
      {
        fix: 'go on with it by `hpo optimize` and a sweep file with `parameters: stored`, or give another study name (--study NAME)',
      },
    );
  }
  const odd = oddKey(record.spec);
  if (odd !== null) {
    throw new HpoError(
      'storage.corrupt-row',
      `the specification of study ${record.name} cannot be read: ${odd} holds something else than hpo writes`,
      { fix: `\`hpo study delete ${record.name} --yes\` removes the study` },
    );
  }
  // What was added to specifications since this one was stored has its default.
  return { ...ADDED_LATER, ...(record.spec as unknown as StudySpec) };
}

/**
 * Seeds of all repeats: the given ones, else those already stored, else derived. Stored ones beyond the repeats stay,
 * so that fewer repeats and then more again never give a used repeat another seed unnoticed.
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

/** Points to start from, each configuration once. */
export function eachOnce(points: readonly Params[]): Params[] {
  return [...new Map(points.map((point) => [paramsKey(point), point])).values()];
}
