import { annotationOf } from '../annotation.js';
import type { ImportedTrialRecord } from '../storage.js';
import { checkFinished } from '../validation.js';
import { openConfiguration } from './asking.js';
import { annotate } from './control.js';
import { finish, report } from './reporting.js';
import { studyOf, type Tables } from './tables.js';
import { writeTrialAttributes } from './trial-attributes.js';

/** @throws HpoError storage.no-study, storage.no-distribution, storage.bad-step, storage.bad-values */
export function importFinished(
  tables: Tables,
  studyId: number,
  trials: readonly ImportedTrialRecord[],
): readonly (number | null)[] {
  const study = studyOf(tables, studyId);
  checkFinished(trials, study.directions.length);
  return trials.map(({ filled, remarks, opening, points, ending }) => {
    if (study.keys.has(filled.key)) return null;
    const { trial } = openConfiguration(tables, study, -1, filled, {
      ...opening,
      attempt: null,
      asker: null,
    });
    report(tables, trial.id, null, points);
    finish(tables, trial.id, null, ending);
    writeTrialAttributes(tables, studyId, trial.number, remarks.attrs);
    const annotation = annotationOf(remarks);
    if (annotation) annotate(tables, studyId, trial.number, annotation);
    return trial.number;
  });
}
