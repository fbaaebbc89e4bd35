import { openStorage } from './storage/open.js';
import { type CreateStudyOptions, createStudyOn, type LibraryStudy } from './study/library.js';

/**
 * Creates a study to ask and tell: the library's composition root, as src/cli is the command line's.
 *
 * @throws HpoError storage.study-exists when the storage has a study of this name; usage errors for a bad storage URL,
 * an unknown sampler, or a space that the sampler cannot search.
 */
export function createStudy(options: CreateStudyOptions): Promise<LibraryStudy> {
  return createStudyOn(openStorage, options);
}
