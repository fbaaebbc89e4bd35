import { effectiveNames, makeSpace } from '../../core/space.js';
import type { StudySpec } from '../../core/spec.js';
import { boundColumns, type CsvSource, metricColumns } from '../../loggers/csv/table.js';
import type { Storage, StudyRecord, TrialRow } from '../../storage/storage.js';

const PAGE = 1000;

/** The table of a study, from the database alone. `warn` hears once of columns that are left out. */
export function makeCsvSource(
  storage: Storage,
  record: Pick<StudyRecord, 'id' | 'name'>,
  spec: Pick<StudySpec, 'space' | 'metrics' | 'objectives' | 'outcomes'>,
  safe: boolean,
  warn: (message: string) => void,
): CsvSource {
  const wanted = [...spec.objectives, ...spec.outcomes].map(({ metric }) => metric);
  let isTold = false;
  const metricsOf = (seen: readonly string[]): readonly string[] => {
    if (spec.metrics) return metricColumns(spec.metrics, []);
    const { kept, left } = boundColumns(metricColumns(null, seen), wanted);
    if (left > 0 && !isTold) {
      isTold = true;
      warn(
        `the table has columns for ${kept.length} metrics and leaves out ${left} others; name those that you want under logging.local.metrics (the database has them all)`,
      );
    }
    return kept;
  };
  return {
    study: record.name,
    safe,
    columns: async () => {
      const { metrics, gpuUse } = await storage.columns(record.id);
      return {
        params: effectiveNames(makeSpace(spec.space.params, spec.space.constraints)),
        metrics: metricsOf(metrics),
        gpus: gpuUse,
        ...(spec.objectives.length > 1 && { objectives: spec.objectives.map(({ metric }) => metric) }),
      };
    },
    pages: () => pagesOf(storage, record.id),
  };
}

/** All rows, a page at a time. Trial numbers have no gaps, so an empty page is the end. */
export async function* pagesOf(storage: Storage, studyId: number): AsyncGenerator<readonly TrialRow[]> {
  for (let from = 0; ; from += PAGE) {
    const rows = await storage.rows(studyId, from, PAGE);
    if (rows.length === 0) return;
    yield rows;
    // Let running trials be heard between two pages of a long table.
    await new Promise((resolve) => setImmediate(resolve));
  }
}
