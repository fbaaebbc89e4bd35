import { HpoError, usageError } from '../core/errors.js';
import { placeText } from '../storage/place.js';
import type { Storage, StudyRecord, StudySummary } from '../storage/storage.js';
import { deleteStudy } from '../study/delete-study.js';
import { storedSpec } from '../study/stored-spec.js';
import { type OpenStorage, useStorage } from './shared-storage.js';
import type { CopyStudyOptions, NamedStudy, StorageOption, StudyInfo } from './storage-types.js';

/** Returns the study with this name. @throws HpoError study.not-found (usage). */
export async function findStudy(storage: Storage, name: string): Promise<StudyRecord> {
  const record = await storage.findStudy(name);
  if (record) return record;
  const known = (await storage.listStudies()).map((study) => study.name).join(', ');
  throw usageError('study.not-found', `no study ${name} in ${storage.url}`, {
    fix: known === '' ? 'create it with createStudy' : `use one of ${known}`,
  });
}

/** `listStudies` of the package, with a given way to open storages. */
export async function listStudiesOn(open: OpenStorage, options: unknown): Promise<readonly StudyInfo[]> {
  const isOptions = typeof options === 'object' && options !== null && !('close' in options);
  const { storage: given } = isOptions ? (options as StorageOption) : { storage: options };
  return withStorage(open, given, async (storage) => (await storage.listStudies()).map(toInfo));
}

/** `deleteStudy` of the package, with a given way to open storages. */
export async function deleteStudyOn(open: OpenStorage, { name, storage: given }: NamedStudy): Promise<void> {
  await withStorage(open, given, async (storage) => {
    const { id, uid } = await findStudy(storage, name);
    const { discardCopies, discardLeft } = await import('../executors/study-outputs.js');
    const database = placeText(storage.place);
    const { failures } = await deleteStudy({
      storage,
      studyId: id,
      discard: (attempt) => discardLeft(attempt, { uid, database }),
      discardCopies: (attempt) => discardCopies(attempt, { uid, database }),
    });
    if (failures.length > 0)
      throw new HpoError('study.checkpoints-left', `study ${name} is deleted, but ${failures.join('; ')}`, {
        fix: 'remove them by hand',
      });
  });
}

/** `copyStudy` of the package, with a given way to open storages. */
export async function copyStudyOn(open: OpenStorage, options: CopyStudyOptions): Promise<void> {
  const { name, storage: given, to } = options;
  await withStorage(open, given, async (from) => {
    const record = await findStudy(from, name);
    // A study of another program has no space to copy into.
    storedSpec(record);
    const { copyTrials } = await import('./copy-trials.js');
    const target = { name: to.name ?? name };
    if (to.storage === undefined) return copyTrials(from, record, from, target);
    const used = await useStorage(open, to.storage);
    try {
      await copyTrials(from, record, used.storage, target);
    } finally {
      await used.close();
    }
  });
}

async function withStorage<T>(
  open: OpenStorage,
  given: unknown,
  body: (storage: Storage) => Promise<T>,
): Promise<T> {
  const used = await useStorage(open, given, { create: false });
  try {
    return await body(used.storage);
  } finally {
    await used.close();
  }
}

function toInfo({ name, counts, createdAtMs, ...record }: StudySummary): StudyInfo {
  const spec =
    record.spec === null || record.broken !== null ? null : storedSpec({ name, createdAtMs, ...record });
  return {
    name,
    objectives:
      spec && Object.fromEntries(spec.objectives.map(({ metric, direction }) => [metric, direction])),
    trials: Object.values(counts).reduce((sum, count) => sum + count, 0),
    createdAtMs,
  };
}
