import type { Params } from './core/distribution.js';
import type { CreateStudyOptions, LoadStudyOptions, ParamsOf, SearchSpace, Study } from './library/types.js';

/**
 * Creates a study. With a `space` it gives the parameters their types. Without one the objective names its parameters as it
 * runs. This is the composition root of the library, as src/cli is of the command line.
 *
 * @throws HpoError storage.study-exists when the storage has a study of this name (unless `loadIfExists`), study.changed
 * when that study has another search; usage errors for a bad storage URL, an unknown sampler, or a space that it cannot search.
 */
export function createStudy<const S extends SearchSpace>(
  options: CreateStudyOptions<S> & { readonly space: S },
): Promise<Study<ParamsOf<S>>>;
export function createStudy(options: CreateStudyOptions): Promise<Study>;
export function createStudy(options: CreateStudyOptions): Promise<Study<Params>> {
  return load().then(({ createStudyOn, openStorage }) => createStudyOn(openStorage, options));
}

/**
 * Opens a study that this library or the command line created.
 *
 * @throws HpoError (usage) study.not-found, study.foreign for a study that another program made, study.changed when `space`
 * is not the space of the study.
 */
export function loadStudy<const S extends SearchSpace>(
  options: LoadStudyOptions<S> & { readonly space: S },
): Promise<Study<ParamsOf<S>>>;
export function loadStudy(options: LoadStudyOptions): Promise<Study>;
export function loadStudy(options: LoadStudyOptions): Promise<Study<Params>> {
  return load().then(({ loadStudyOn, openStorage }) => loadStudyOn(openStorage, options));
}

/** Loads the library only with a study: a trainer that imports `formatMetric` alone starts at once. */
async function load() {
  const [parts, { openStorage }] = await Promise.all([
    import('./library/create.js'),
    import('./storage/open.js'),
  ]);
  return { ...parts, openStorage };
}
