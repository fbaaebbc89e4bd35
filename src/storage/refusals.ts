import { HpoError } from '../core/errors.js';

// What every storage refuses, in the same words.

export function noStudy(studyId: number): HpoError {
  return new HpoError('storage.no-study', `expected a study with id ${studyId}, but there is none`, {
    fix: 'it may have been deleted meanwhile; `hpo study list` shows what is there',
  });
}
