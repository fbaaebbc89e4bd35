import type { Params } from '../core/distribution.js';
import { usageError } from '../core/errors.js';
import type { StudySpec } from '../core/spec.js';
import type { Storage, StudyRecord } from '../storage/storage.js';
import type { Threads } from '../threads/apart.js';
import { changedChoices } from './choice-changes.js';
import { type CustomComponents, loadComponents } from './components.js';
import { apart } from './components-apart.js';
import { announceSearch, withPriorAges } from './prior-changes.js';
import { replaceSpec } from './replacing.js';
import { deriveSeeds, directionsOf, eachOnce, storedSpec, toStoredSpec } from './stored-spec.js';
import { Study } from './study.js';

export type NewStudy = {
  readonly name: string;
  readonly spec: StudySpec;
  readonly seed: number;
  readonly nowMs: number;
  /** Points to try after the specification's own. Default: none. */
  readonly enqueued?: readonly Params[];
  /** Components that the specification names and cannot load. */
  readonly custom?: CustomComponents;
  /** Where components compute that take long. Default: in place. */
  readonly threads?: Threads | null;
};

export type OpenedStudy = {
  /** Replaces the stored one. */
  readonly spec?: StudySpec;
  readonly custom?: CustomComponents;
  readonly threads?: Threads | null;
};

/**
 * Creates a study. Seeds that are not given are derived from the study's seed and stored.
 * @throws HpoError storage.study-exists, study.nothing-to-run, or a usage error when the sampler or the pruner cannot
 * work with the space or so many objectives.
 */
export async function createStudy(
  storage: Storage,
  { name, spec, seed, nowMs, enqueued = [], custom = {}, threads = null }: NewStudy,
): Promise<Study> {
  const whole = { ...spec, seeds: deriveSeeds(spec, seed) };
  const components = apart(await loadComponents(whole, custom), whole, threads);
  const record = await storage.createStudy({
    name,
    directions: directionsOf(whole),
    seed,
    spec: toStoredSpec(whole),
    createdAtMs: nowMs,
    enqueued: eachOnce([...whole.initialPoints, ...enqueued]),
  });
  return new Study({ storage, record, spec: whole, components });
}

/**
 * Opens a study as it is stored, or with another specification instead, which the caller has checked.
 * @throws HpoError study.foreign for a study that another program made.
 */
export async function openStudy(
  storage: Storage,
  record: StudyRecord,
  { spec: replacement, custom = {}, threads = null }: OpenedStudy = {},
): Promise<Study> {
  const stored = storedSpec(record);
  const spec = replacement ? await replacing(storage, record, { stored, replacement }) : stored;
  const components = apart(await loadComponents(spec, custom), spec, threads);
  const recomputed = replacement ? await replaceSpec(storage, record.id, stored, spec) : null;
  if (JSON.stringify(stored.space) !== JSON.stringify(spec.space)) await announceSearch(storage, record.id);
  return new Study({
    storage,
    record: { ...record, directions: directionsOf(spec) },
    spec,
    components,
    recomputed,
  });
}

/** What earlier studies had found is kept as it was when the study was made; how much it counts may change. */
function keptTransfer(study: string, stored: StudySpec, now: StudySpec): StudySpec['transfer'] {
  const [before, wanted] = [stored.transfer, now.transfer];
  if (JSON.stringify(before?.sources) !== JSON.stringify(wanted?.sources))
    throw usageError(
      'study.transfer-changed',
      `study ${study} learns from other earlier studies than it is to learn from now, and keeps what they had found when it was made`,
      { fix: 'restore transfer (a weight of 0 leaves them out), or give a new study name' },
    );
  return wanted && { ...wanted, earlier: before?.earlier ?? [] };
}

/** Returns a specification with the seeds, the ages of priors and what earlier studies had found, as the study has them already. */
async function replacing(
  storage: Storage,
  record: StudyRecord,
  { stored, replacement }: { readonly stored: StudySpec; readonly replacement: StudySpec },
): Promise<StudySpec> {
  const seeds = deriveSeeds(replacement, record.seed ?? 0, stored.seeds);
  const space = await withPriorAges(storage, record.id, { stored: stored.space, now: replacement.space });
  return { ...replacement, space, seeds, transfer: keptTransfer(record.name, stored, replacement) };
}

/**
 * Continues a study that another program made. It gets this specification, which the caller has checked, and this seed;
 * the sampler learns from the trials that it has.
 */
export async function continueOptunaStudy(
  storage: Storage,
  record: StudyRecord,
  { spec, seed, custom = {}, threads = null }: Pick<NewStudy, 'spec' | 'seed' | 'custom' | 'threads'>,
): Promise<Study> {
  const whole = { ...spec, seeds: deriveSeeds(spec, seed) };
  const components = apart(await loadComponents(whole, custom), whole, threads);
  const directions = directionsOf(whole);
  const enqueued = eachOnce(whole.initialPoints);
  const choices = changedChoices(null, whole.space);
  await storage.updateStudy(record.id, toStoredSpec(whole), { directions, enqueued, seed, choices });
  return new Study({ storage, record: { ...record, directions, seed }, spec: whole, components });
}
