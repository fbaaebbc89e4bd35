import type { Params } from '../core/distribution.js';
import { HpoError, usageError } from '../core/errors.js';
import { trainerSeed } from '../core/rng.js';
import { paramsKey } from '../core/space.js';
import type { StudySpec } from '../core/spec.js';
import type { Direction, JsonValue } from '../core/trial.js';
import type { StudyRecord } from '../storage/storage.js';
import { oddKey } from './spec-shape.js';

/** Defaults of keys that a study lacks which an earlier version stored. */
const ADDED_LATER: Partial<StudySpec> = {
  initialPoints: [],
  metricConstraints: [],
  terminator: { name: 'none', options: {} },
  scheduler: { name: 'none', options: {} },
  maxSteps: null,
  race: null,
  transfer: null,
};

/** Keys that have another name in the database. They stay as they are there, since an older hpo may read the same study. */
const STORED_NAMES = { initialPoints: 'start', metricConstraints: 'outcomes' } as const satisfies Partial<
  Record<keyof StudySpec, string>
>;

/** Returns a specification in the form in which it is stored. */
export function toStoredSpec(spec: StudySpec): JsonValue {
  const names: Readonly<Record<string, string>> = STORED_NAMES;
  const stored = Object.entries(spec).map(([key, value]) => [names[key] ?? key, value]);
  return Object.fromEntries(stored) as JsonValue;
}

function fromStoredSpec(stored: JsonValue): StudySpec {
  const names = new Map<string, string>(Object.entries(STORED_NAMES).map(([key, name]) => [name, key]));
  const known = Object.entries(stored as object).map(([name, value]) => [names.get(name) ?? name, value]);
  const spec = Object.fromEntries(known) as StudySpec;
  // Last: specifications are compared as text, so a key that is there keeps its position.
  const missing = Object.entries(ADDED_LATER).filter(([key]) => !Object.hasOwn(spec, key));
  return { ...spec, ...Object.fromEntries(missing) };
}

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
  return fromStoredSpec(record.spec);
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
    { length: Math.max(spec.race ?? spec.repeats, stored?.length ?? 0) },
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
