import type { Direction } from './core/trial.js';
import type { CheckedUrl } from './library/storage-types.js';
import type {
  CopyStudyOptions,
  CreateStudyOptions,
  GivenOptions,
  LoadStudyOptions,
  NamedDirections,
  NamedStudy,
  ParamsOf,
  SearchSpace,
  StorageOption,
  Study,
  StudyInfo,
  StudyStorage,
} from './library/types.js';
import type { Unnamed } from './library/values.js';

/** The names of the objectives: those that are given; of a list of several directions alone nobody knows them. */
type NamesOf<M extends string, D extends readonly Direction[], B> = B extends NamedDirections
  ? keyof B & string
  : D extends readonly [] | readonly [Direction]
    ? M
    : Unnamed extends M
      ? string
      : M;

/**
 * Creates a study. With a `space` it gives the parameters their types. Without one the objective names its parameters as it
 * runs. This is the composition root of the library, as src/cli is of the command line.
 *
 * @throws HpoError storage.study-exists when the storage has a study of this name (unless `loadIfExists`), study.changed
 * when that study has another search; usage errors for a bad storage URL, an unknown sampler, or a space that it cannot search.
 */
export function createStudy<
  const S extends SearchSpace = SearchSpace,
  const M extends string = Unnamed,
  const D extends readonly Direction[] = readonly [],
  const U extends string = string,
  const A extends Direction | undefined = undefined,
  const B extends NamedDirections | undefined = undefined,
>(options: GivenOptions<S, U, A, B, M, D>): Promise<Study<ParamsOf<S>, NamesOf<M, D, NoInfer<B>>>> {
  return load().then(({ createStudyOn, openStorage }) =>
    createStudyOn(openStorage, options as unknown as CreateStudyOptions),
  ) as Promise<Study<ParamsOf<S>, NamesOf<M, D, B>>>;
}

/**
 * Opens a study that this library or the command line created.
 *
 * @throws HpoError (usage) study.not-found, study.foreign for a study that another program made, study.changed when `space` or
 * `objectives` are not those of the study.
 */
export function loadStudy<
  const S extends SearchSpace = SearchSpace,
  const M extends string = Unnamed,
  const U extends string = string,
>(options: LoadStudyOptions<S, M, U>): Promise<Study<ParamsOf<S>, M>> {
  return load().then(({ loadStudyOn, openStorage }) =>
    loadStudyOn(openStorage, options as unknown as LoadStudyOptions),
  ) as Promise<Study<ParamsOf<S>, M>>;
}

/**
 * Opens a storage that several studies share: pass it as their `storage`. Closing a study leaves it open. Its file is made
 * where it does not exist.
 * @throws HpoError (usage) storage.bad-url and the like.
 */
export async function openStorage<const U extends string>(url: CheckedUrl<U>): Promise<StudyStorage> {
  const { shareStorage, openStorage: open } = await load();
  return shareStorage(await open(url));
}

/** Returns the studies of a storage, in order of creation. */
export function listStudies<const U extends string>(
  options: StorageOption<U> | CheckedUrl<U> | StudyStorage,
): Promise<readonly StudyInfo[]> {
  return load().then(({ listStudiesOn, openStorage: open }) => listStudiesOn(open, options as StorageOption));
}

/**
 * Copies a study with its finished and its enqueued trials to another name or another storage. Running trials are left out.
 * @throws HpoError (usage) study.not-found, storage.study-exists, study.foreign.
 */
export function copyStudy<const U extends string, const T extends string>(
  options: CopyStudyOptions<U, T>,
): Promise<void> {
  return load().then(({ copyStudyOn, openStorage: open }) =>
    copyStudyOn(open, options as unknown as CopyStudyOptions),
  );
}

/**
 * Deletes a study with its trials, and the checkpoints of unfinished ones.
 * @throws HpoError (usage) study.not-found; study.checkpoints-left when they cannot be removed.
 */
export function deleteStudy<const U extends string>(options: NamedStudy<U>): Promise<void> {
  return load().then(({ deleteStudyOn, openStorage: open }) =>
    deleteStudyOn(open, options as unknown as NamedStudy),
  );
}

/** Loads the library only with a study: a trainer that imports `formatMetric` alone starts at once. */
async function load() {
  const [create, studies, shared, { openStorage }] = await Promise.all([
    import('./library/create.js'),
    import('./library/studies.js'),
    import('./library/shared-storage.js'),
    import('./storage/open.js'),
  ]);
  return { ...create, ...studies, ...shared, openStorage };
}
