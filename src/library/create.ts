import { HpoError, usageError } from '../core/errors.js';
import { isMapping } from '../core/mapping.js';
import { shownValue } from '../core/shown-value.js';
import type { StudySpec } from '../core/spec.js';
import { keptScheduling } from '../schedulers/registry.js';
import type { Storage, StudyRecord } from '../storage/storage.js';
import { withEarlier } from '../study/earlier.js';
import { createStudy, openStudy } from '../study/open-study.js';
import { withPriorsOf } from '../study/prior-changes.js';
import { storedSpec } from '../study/stored-spec.js';
import { WORKER_THREADS as threads } from '../threads/worker-thread.js';
import { namesScheduling, type Search, toSearch } from './component-options.js';
import { objectivesOf } from './objectives.js';
import { type OpenStorage, type UsedStorage, useStorage } from './shared-storage.js';
import { refuseChanges, repeatsOf, toSpec, withSpace } from './spec.js';
import { findStudy } from './studies.js';
import { makeStudy } from './study.js';
import type { CreateStudyOptions, LoadStudyOptions, Study } from './types.js';

const DEFAULT_NAME = 'study';
const STUDY_EXISTS = 'storage.study-exists';

const SHARED_OPTIONS = [
  ...['name', 'storage', 'space', 'objectives'],
  ...['sampler', 'scheduler', 'pruner', 'maxSteps', 'terminator', 'allowChange'],
];
const CREATE_OPTIONS = [
  ...SHARED_OPTIONS,
  ...['direction', 'directions', 'metrics', 'repeats', 'constraints', 'transfer', 'seed', 'loadIfExists'],
];

/** `createStudy` of the package, with a given way to open storages. */
export async function createStudyOn(
  open: OpenStorage,
  options: CreateStudyOptions,
): Promise<Study<object, string>> {
  checkNames(options, CREATE_OPTIONS);
  const { repeats, race } = repeatsOf(options);
  const search = toSearch(options, {
    objectives: objectivesOf(options).length,
    repeats: race ?? repeats,
    defineByRun: options.space === undefined,
  });
  const spec = toSpec(options, search);
  return withStorage(await useStorage(open, options.storage ?? 'memory:'), async ({ storage, close }) => {
    const name = options.name ?? DEFAULT_NAME;
    const { seed = 0 } = options;
    const { custom } = search;
    const create = async () => {
      const whole = await withEarlier(spec, { own: storage, open: (url) => open(url, { create: false }) });
      return createStudy(storage, { name, spec: whole, seed, nowMs: Date.now(), custom, threads });
    };
    if (!options.loadIfExists) return makeStudy(await create().catch(adviseLoading))(close);
    const load = async () => {
      const found = await storage.findStudy(name);
      return found && resume(storage, found, spec, { search, options });
    };
    return makeStudy((await load()) ?? (await create().catch(loadIfTaken(load))))(close);
  });
}

/** What a program writes to continue with the study that exists. */
function adviseLoading(error: unknown): never {
  if (!(error instanceof HpoError) || error.code !== STUDY_EXISTS) throw error;
  throw usageError(error.code, error.message, {
    fix: 'loadIfExists: true continues with it; or give another name',
  });
}

/** Several programs may find no study and create one at once. The first succeeds; the others load its study. */
function loadIfTaken<T>(load: () => Promise<T | null>): (error: unknown) => Promise<T> {
  return async (error) => {
    const taken = error instanceof HpoError && error.code === STUDY_EXISTS;
    const study = taken ? await load() : null;
    if (!study) throw error;
    return study;
  };
}

/** `loadStudy` of the package, with a given way to open storages. */
export async function loadStudyOn(
  open: OpenStorage,
  options: LoadStudyOptions,
): Promise<Study<object, string>> {
  checkNames(options, SHARED_OPTIONS);
  const search = toSearch(options, null);
  const used = await useStorage(open, options.storage, { create: false });
  return withStorage(used, async ({ storage, close }) => {
    const record = await findStudy(storage, options.name);
    const stored = storedSpec(record);
    const { space, objectives, allowChange: allowed = false } = options;
    const now = space ? withSpace(stored, space) : stored;
    const given = objectives ? { ...now, ...withObjectives(now, objectives) } : now;
    const fix =
      'leave space and objectives out, give them as they are stored, or continue with these (allowChange: true)';
    refuseChanges(record.name, stored, given, { allowed, fix });
    const spec: StudySpec = {
      ...stored,
      ...(space && { space: allowed ? now.space : withPriorsOf(stored.space, now.space) }),
      ...(allowed && { objectives: given.objectives }),
      ...(options.sampler !== undefined && { sampler: search.spec.sampler }),
      ...((options.scheduler ?? options.pruner) !== undefined && {
        pruner: search.spec.pruner,
        scheduler: search.spec.scheduler,
      }),
      ...(options.maxSteps !== undefined && { maxSteps: search.spec.maxSteps }),
      ...(options.terminator !== undefined && { terminator: search.spec.terminator }),
    };
    return makeStudy(await openStudy(storage, record, { spec, custom: search.custom, threads }))(close);
  });
}

/** The stored objectives with these names and directions; in which order they are given does not matter. */
function withObjectives(
  { objectives: stored }: StudySpec,
  given: NonNullable<LoadStudyOptions['objectives']>,
): Pick<StudySpec, 'objectives'> {
  const now = objectivesOf({ objectives: given });
  const at = (metric: string) => stored.findIndex((each) => each.metric === metric);
  const sorted = now.toSorted((a, b) => at(a.metric) - at(b.metric));
  return { objectives: sorted.map((each) => ({ ...stored[at(each.metric)], ...each })) };
}

async function resume(
  storage: Storage,
  record: StudyRecord,
  given: StudySpec,
  { search, options }: { readonly search: Search; readonly options: CreateStudyOptions },
) {
  const { seed, allowChange: allowed = false } = options;
  const stored = storedSpec(record);
  const spec = namesScheduling(options) ? given : { ...given, ...keptScheduling(stored) };
  // Parameters that the objective has named so far are no change of the specification.
  const now = spec.defineByRun && stored.defineByRun ? { ...spec, space: stored.space } : spec;
  const fix =
    'use a new name, open the stored study with loadStudy, or continue it with this search (allowChange: true)';
  refuseChanges(record.name, stored, now, { allowed, fix });
  if (seed !== undefined && record.seed !== null && seed !== record.seed) {
    throw usageError('study.seed-changed', `study ${record.name} has the seed ${record.seed}, got ${seed}`, {
      fix: 'leave the seed out, or give a new name',
    });
  }
  return openStudy(storage, record, { spec: now, custom: search.custom, threads });
}

/** JavaScript callers have no type check: a misspelled option would silently mean its default. */
function checkNames(options: unknown, known: readonly string[]): void {
  if (!isMapping(options))
    throw usageError('study.options', `expected an object of options, got ${shownValue(options)}`, {
      fix: "createStudy({ direction: 'minimize', space: { x: float(0, 1) } })",
    });
  const odd = Object.keys(options).find((name) => !known.includes(name));
  if (odd !== undefined)
    throw usageError('study.unknown-option', `expected one of ${known.join(', ')}, got ${odd}`);
}

/** Opens a study in a storage. Without one a storage of its own is closed again. */
async function withStorage(
  used: UsedStorage,
  open: (used: UsedStorage) => Promise<Study<object, string>>,
): Promise<Study<object, string>> {
  try {
    const study = await open(used);
    used.register(study);
    return study;
  } catch (error) {
    await used.close();
    throw error;
  }
}
