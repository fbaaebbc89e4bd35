import { usageError } from '../../core/errors.js';
import { readableStudy } from '../../study/readable-study.js';
import type { ReportData } from '../protocol.js';
import type { DashboardOptions } from './dashboard.js';
import { detailedTrials } from './data/detailed-trials.js';
import { encodedColumns, encodedCurves } from './data/encoded.js';
import { importances } from './data/importance.js';
import { OpenStudy } from './data/open-study.js';
import { studyInfo } from './data/study-info.js';

type ReportOptions = Pick<DashboardOptions, 'openStorage' | 'attemptsHere' | 'url' | 'version' | 'judge'>;

/**
 * Returns all that the page shows of a study, as its routes send it.
 * @throws HpoError study.not-found (usage); storage.*
 */
export async function collectReport(
  { openStorage, attemptsHere, url, version, judge }: ReportOptions,
  name: string,
): Promise<ReportData> {
  const storage = await openStorage('read');
  try {
    const record = await storage.findStudy(name);
    if (!record)
      throw usageError('study.not-found', `no study ${JSON.stringify(name)} in ${url}`, {
        fix: 'see hpo study list',
      });
    const open = new OpenStudy(storage, record, await readableStudy(storage, record));
    await open.refresh();
    const info = await studyInfo(open, true);
    return {
      server: {
        version,
        storage: url,
        readOnly: true,
        actions: [],
        database: { state: 'open', message: null },
      },
      study: info,
      importance: await importances(open, judge),
      columns: encodedColumns(open, null).bytes,
      curves: encodedCurves(open, null).bytes,
      trials: await detailedTrials(open, info.bestTrials, attemptsHere(storage, record)),
      madeAtMs: Date.now(),
    };
  } finally {
    await storage.close();
  }
}
