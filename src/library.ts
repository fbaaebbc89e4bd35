import type { Params } from './core/distribution.js';
import type {
  CreateStudyOptions,
  LibraryStudy,
  LoadStudyOptions,
  ParamsOf,
  SearchSpace,
} from './library/types.js';

/**
 * Creates a study: the library's composition root, as src/cli is the command line's. With a `space` the parameters are
 * typed after it; without one the objective names its parameters as it runs.
 *
 * @throws HpoError storage.study-exists when the storage has a study of this name (unless `loadIfExists`), study.changed
 * when that one is another search; usage errors for a bad storage URL, an unknown sampler, or a space that it cannot search.
 */
export function createStudy<const S extends SearchSpace>(
  options: CreateStudyOptions<S> & { readonly space: S },
): Promise<LibraryStudy<ParamsOf<S>>>;
export function createStudy(options: CreateStudyOptions): Promise<LibraryStudy>;
export function createStudy(options: CreateStudyOptions): Promise<LibraryStudy<Params>> {
  return load().then(({ createStudyOn, openStorage }) => createStudyOn(openStorage, options));
}

/**
 * Opens a study that this library or the command line has made.
 *
 * @throws HpoError (usage) study.not-found, study.foreign for one that another program made, study.changed when `space`
 * is not the one that it has.
 */
export function loadStudy<const S extends SearchSpace>(
  options: LoadStudyOptions<S> & { readonly space: S },
): Promise<LibraryStudy<ParamsOf<S>>>;
export function loadStudy(options: LoadStudyOptions): Promise<LibraryStudy>;
export function loadStudy(options: LoadStudyOptions): Promise<LibraryStudy<Params>> {
  return load().then(({ loadStudyOn, openStorage }) => loadStudyOn(openStorage, options));
}

/** Only where there is a study: a trainer that imports `formatMetric` alone starts at once. */
async function load() {
  const [parts, { openStorage }] = await Promise.all([
    import('./library/create.js'),
    import('./storage/open.js'),
  ]);
  return { ...parts, openStorage };
}
