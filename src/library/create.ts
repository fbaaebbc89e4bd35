import { HpoError, usageError } from '../core/errors.js';
import type { StudySpec } from '../core/spec.js';
import type { Storage, StudyRecord } from '../storage/storage.js';
import { createStudy, openStudy } from '../study/open-study.js';
import { storedSpec } from '../study/stored-spec.js';
import { type Search, toSearch } from './component-options.js';
import { refuseChanges, toSpec, withSpace } from './spec.js';
import { makeStudy } from './study.js';
import type { CreateStudyOptions, LoadStudyOptions, Study } from './types.js';

type OpenStorage = (url: string, options?: { create?: boolean }) => Promise<Storage>;

const DEFAULT_NAME = 'study';

const LOAD_OPTIONS = ['name', 'storage', 'space', 'sampler', 'pruner'];
const CREATE_OPTIONS = [
  ...LOAD_OPTIONS,
  ...['direction', 'directions', 'metrics', 'terminator', 'repeats', 'seed', 'loadIfExists'],
];

/** `createStudy` of the package, with a given way to open storages. */
export async function createStudyOn(open: OpenStorage, options: CreateStudyOptions): Promise<Study> {
  checkNames(options, CREATE_OPTIONS);
  const search = toSearch(options);
  const spec = toSpec(options, search);
  const storage = await open(options.storage ?? 'memory:');
  return orClose(storage, async () => {
    const name = options.name ?? DEFAULT_NAME;
    const { seed = 0 } = options;
    const create = () => createStudy(storage, { name, spec, seed, nowMs: Date.now(), custom: search.custom });
    if (!options.loadIfExists) return makeStudy(await create());
    const load = async () => {
      const found = await storage.findStudy(name);
      return found && resume(storage, found, spec, search, options.seed);
    };
    return makeStudy((await load()) ?? (await create().catch(loadIfTaken(load))));
  });
}

/** Several programs may find no study and create one at once. The first succeeds; the others load its study. */
function loadIfTaken<T>(load: () => Promise<T | null>): (error: unknown) => Promise<T> {
  return async (error) => {
    const taken = error instanceof HpoError && error.code === 'storage.study-exists';
    const study = taken ? await load() : null;
    if (!study) throw error;
    return study;
  };
}

/** `loadStudy` of the package, with a given way to open storages. */
export async function loadStudyOn(open: OpenStorage, options: LoadStudyOptions): Promise<Study> {
  checkNames(options, LOAD_OPTIONS);
  const search = toSearch(options);
  const storage = await open(options.storage, { create: false });
  return orClose(storage, async () => {
    const record = await storage.findStudy(options.name);
    if (!record) {
      const known = (await storage.listStudies()).map(({ name }) => name).join(', ');
      throw usageError('study.not-found', `no study ${options.name} in ${storage.url}`, {
        fix: known === '' ? 'create it with createStudy' : `use one of ${known}`,
      });
    }
    const stored = storedSpec(record);
    if (options.space) refuseChanges(record.name, stored, withSpace(stored, options.space));
    const spec: StudySpec = {
      ...stored,
      ...(options.sampler !== undefined && { sampler: search.spec.sampler }),
      ...(options.pruner !== undefined && { pruner: search.spec.pruner }),
    };
    return makeStudy(await openStudy(storage, record, { spec, custom: search.custom }));
  });
}

async function resume(
  storage: Storage,
  record: StudyRecord,
  spec: StudySpec,
  search: Search,
  seed: number | undefined,
) {
  const stored = storedSpec(record);
  // Parameters that the objective has named so far are no change of the specification.
  const now = spec.defineByRun && stored.defineByRun ? { ...spec, space: stored.space } : spec;
  refuseChanges(record.name, stored, now);
  if (seed !== undefined && record.seed !== null && seed !== record.seed) {
    throw usageError('study.seed-changed', `study ${record.name} has the seed ${record.seed}, got ${seed}`, {
      fix: 'leave the seed out, or give a new name',
    });
  }
  return openStudy(storage, record, { spec: now, custom: search.custom });
}

/** JavaScript callers have no type check: a misspelled option would silently mean its default. */
function checkNames(options: object, known: readonly string[]): void {
  const odd = Object.keys(options).find((name) => !known.includes(name));
  if (odd !== undefined)
    throw usageError('study.unknown-option', `expected one of ${known.join(', ')}, got ${odd}`);
}

async function orClose<T>(storage: Storage, body: () => Promise<T>): Promise<T> {
  try {
    return await body();
  } catch (error) {
    await storage.close();
    throw error;
  }
}
