import { HpoError, usageError } from '../core/errors.js';
import type { Storage } from '../storage/storage.js';
import type { StudyStorage } from './storage-types.js';

export type OpenStorage = (url: string, options?: { create?: boolean }) => Promise<Storage>;

/** A storage as one study uses it. */
export type UsedStorage = {
  readonly storage: Storage;
  /** Closes a storage of its own; a shared one stays open. */
  readonly close: () => Promise<void>;
  /** Makes a shared storage close the study first. */
  readonly register: (study: { close(): Promise<void> }) => void;
};

type Shared = { readonly storage: Storage; readonly studies: Set<{ close(): Promise<void> }> };

/** The storages behind the objects that programs share. */
const shared = new WeakMap<object, Shared>();

/** Returns an object that several studies may have as their storage. */
export function shareStorage(storage: Storage): StudyStorage {
  const studies = new Set<{ close(): Promise<void> }>();
  let closing: Promise<void> | null = null;
  const close = () => {
    closing ??= Promise.all([...studies].map((study) => study.close())).then(() => storage.close());
    return closing;
  };
  const object: StudyStorage = { url: storage.url, close, [Symbol.asyncDispose]: close };
  shared.set(object, { storage, studies });
  return object;
}

/** Opens a storage, or uses one that is shared. @throws HpoError study.storage (usage) and as `open`. */
export async function useStorage(
  open: OpenStorage,
  given: unknown,
  options?: { readonly create?: boolean },
): Promise<UsedStorage> {
  if (typeof given === 'object' && given !== null) {
    const found = shared.get(given);
    if (!found) throw notStorage(given);
    const { storage, studies } = found;
    return { storage, close: async () => {}, register: (study) => void studies.add(study) };
  }
  if (typeof given !== 'string') throw notStorage(given);
  const storage = await open(given, options).catch(adviseStorage);
  return { storage, close: () => storage.close(), register: () => {} };
}

/** A program has no flag: it names the file. */
function adviseStorage(error: unknown): never {
  if (!(error instanceof HpoError) || error.code !== 'storage.not-found') throw error;
  throw usageError(error.code, error.message, {
    fix: 'createStudy makes the file; a path is relative to the folder in which the program runs',
  });
}

function notStorage(given: unknown) {
  return usageError(
    'study.storage',
    `expected a storage URL, or a storage that openStorage opened, got ${typeof given}`,
    { fix: "storage: 'tune.db', or storage: await openStorage('tune.db')" },
  );
}
