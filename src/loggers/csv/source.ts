import { effectiveNames, makeSpace } from '../../core/space.js';
import type { StudySpec } from '../../core/spec.js';
import type { StudyReader, TrialRow } from '../study-reader.js';
import { BUILTIN_METRICS, boundColumns, type Columns, metricColumns } from './table.js';

/** Rows that are read at once. */
const PAGE = 1000;

/** What a table is made from. The running sweep and `hpo export-csv` use the same source, so they write the same bytes. */
export type CsvSource = {
  readonly study: string;
  readonly columns: () => Promise<Columns>;
  /** Rows from a trial on, in order of number, a page at a time: the table is never in memory as a whole. */
  readonly pages: (from: number) => AsyncIterable<readonly TrialRow[]>;
  /** What changed since a mark; null: nobody knows what changes. */
  readonly changes: ((since: string | null) => Promise<CsvChanges>) | null;
  /** Cells that a spreadsheet would run as formulas become text: they get an apostrophe. */
  readonly escapeFormulas?: boolean;
};

export type CsvChanges = {
  /** Names the study in its database; null: there is none. */
  readonly study: string | null;
  /** For the next call. */
  readonly mark: string;
  /** Trials that changed. A stamp is another one after each change. */
  readonly trials: readonly { readonly number: number; readonly stamp: number }[];
};

type SourceOptions = {
  readonly study: { readonly id: number; readonly name: string };
  readonly spec: Pick<StudySpec, 'space' | 'metrics' | 'objectives' | 'metricConstraints' | 'trainer'>;
  readonly reader: StudyReader;
  readonly escapeFormulas: boolean;
  /** Receives one warning when metrics are left out. */
  readonly warn: (message: string) => void;
};

/** Returns the table of a study that hpo created, read from the database alone. */
export function makeCsvSource({ study, spec, reader, escapeFormulas, warn }: SourceOptions): CsvSource {
  const required = [...spec.objectives, ...spec.metricConstraints].map(({ metric }) => metric);
  const known = spec.trainer.command === null ? BUILTIN_METRICS : [];
  let hasWarned = false;
  const namesOf = (reported: readonly string[]): readonly string[] => {
    if (spec.metrics) return metricColumns(spec.metrics, []);
    const { kept, omitted } = boundColumns(metricColumns(null, reported, known), required);
    if (omitted > 0 && !hasWarned) {
      hasWarned = true;
      warn(
        `the table has columns for ${kept.length} metrics and omits ${omitted} others; list those that you want under logging.local.metrics (the database has all of them)`,
      );
    }
    return kept;
  };
  return {
    study: study.name,
    escapeFormulas,
    columns: async () => {
      const { metrics, gpuUse, forked } = await reader.columns(study.id);
      return {
        params: effectiveNames(makeSpace(spec.space.params, spec.space.constraints)),
        metrics: namesOf(metrics),
        gpus: gpuUse,
        forked,
        constrained: spec.metricConstraints.length > 0,
        ...(spec.objectives.length > 1 && { objectives: spec.objectives.map(({ metric }) => metric) }),
      };
    },
    pages: (from) => pagesOf(reader, study.id, from),
    changes: (since) => changesSince(reader, study.id, since),
  };
}

type RowReader<Row> = {
  rows(studyId: number, fromNumber: number, limit: number): Promise<readonly Row[]>;
};

/** Reads only which trials changed, so that a page may be long. */
const NUMBERS = 20_000;

async function changesSince(reader: StudyReader, studyId: number, since: string | null): Promise<CsvChanges> {
  const trials: { number: number; stamp: number }[] = [];
  for (let mark = since; ; ) {
    const page = await reader.changedTrials(studyId, mark, NUMBERS);
    for (const { number, stamp } of page.trials) trials.push({ number, stamp });
    if (page.isAll) return { study: page.study, mark: page.mark, trials };
    mark = page.mark;
  }
}

/** Yields the rows of a study from a trial on, a page at a time. Trial numbers have no gaps, so an empty page is the end. */
export async function* pagesOf<Row>(
  reader: RowReader<Row>,
  studyId: number,
  first = 0,
): AsyncGenerator<readonly Row[]> {
  for (let from = first; ; from += PAGE) {
    const rows = await reader.rows(studyId, from, PAGE);
    if (rows.length === 0) return;
    yield rows;
    // A long table does not keep the event loop from the running trials.
    await new Promise((resolve) => setImmediate(resolve));
  }
}
