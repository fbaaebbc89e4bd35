import { annotationOf } from '../annotation.js';
import { num, type Operation, sql } from '../statement.js';
import type { ImportedTrialRecord } from '../storage.js';
import { checkFinished, noStudy } from '../validation.js';
import { annotate } from './annotating.js';
import { hashOf, openConfiguration, PLACE } from './asking.js';
import { lockStudy } from './locks.js';
import { finish, report } from './reporting.js';
import { writeTrialAttributes } from './trial-attributes.js';

export function* importFinished(
  studyId: number,
  trials: readonly ImportedTrialRecord[],
): Operation<readonly (number | null)[]> {
  yield lockStudy('study', studyId);
  const [study] = yield sql(
    'SELECT (SELECT COUNT(*) FROM study_directions WHERE study_id = s.study_id) AS objectives FROM studies s WHERE study_id = ?',
    studyId,
  );
  if (!study) throw noStudy(studyId);
  checkFinished(trials, num(study, 'objectives'));
  const numbers: (number | null)[] = [];
  for (const { filled, remarks, opening, points, ending } of trials) {
    const keySha256 = hashOf(filled);
    const [place] = yield sql(`SELECT ${PLACE} FROM studies s WHERE s.study_id = ?`, keySha256, studyId);
    if (!place || num(place, 'is_duplicate') !== 0) {
      numbers.push(null);
      continue;
    }
    // No index, as for enqueued configurations: the sampler proposes the same with and without them.
    const { trial } = yield* openConfiguration(studyId, place, -1, filled, keySha256, {
      ...opening,
      attempt: null,
      asker: null,
    });
    yield* report(trial.id, null, points);
    yield* finish(trial.id, null, ending);
    yield* writeTrialAttributes(studyId, trial.number, remarks.attrs);
    const annotation = annotationOf(remarks);
    if (annotation) yield* annotate(studyId, trial.number, annotation);
    numbers.push(trial.number);
  }
  return numbers;
}
