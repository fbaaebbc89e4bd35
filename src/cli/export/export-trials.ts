import { usageError } from '../../core/errors.js';
import { type CsvSource, makeCsvSource, pagesOf } from '../../loggers/csv/source.js';
import { metricColumns } from '../../loggers/csv/table.js';
import { csvText } from '../../loggers/csv/text.js';
import type { Storage, StudyRecord } from '../../storage/storage.js';
import { objectiveNames } from '../../study/optuna-study.js';
import { storedSpec } from '../../study/stored-spec.js';
import { print, printJson, warn, writeData } from '../output.js';
import { stepRows, stepsCsv } from './step-rows.js';

/** What of a study is written, and where to. */
export type ExportQuery = {
  /** Every step of every metric instead of one row for each trial. */
  readonly steps: boolean;
  readonly format: 'csv' | 'parquet';
  /** `-` for stdout; null: a name in cfg/. */
  readonly out: string | null;
  readonly escapeFormulas: boolean;
  readonly json: boolean;
};

export async function exportTrials(storage: Storage, record: StudyRecord, query: ExportQuery): Promise<void> {
  const { steps, format, escapeFormulas, json } = query;
  const file = query.out ?? `cfg/${steps ? 'steps' : 'runs'}.${format}`;
  if (file === '-' && json)
    throw usageError('export-csv.two-outputs', 'expected --out - or --json, got both: each writes to stdout');
  if (file === '-' && format === 'parquet')
    throw usageError('export-csv.binary', 'expected a file for --format parquet, got stdout', {
      fix: 'give --out FILE.parquet',
    });
  const done = { kept: null as string | null };
  if (format === 'parquet') await writeParquetFile(storage, record, file, query);
  else if (steps) {
    const text = stepsCsv(storage, record, escapeFormulas);
    if (file === '-') return printParts(text);
    const { replaceFile } = await import('../output-file.js');
    await replaceFile(file, text);
  } else {
    const source = sourceOf(storage, record, escapeFormulas);
    if (file === '-') return printParts(csvText(source));
    const { writeCsv } = await import('../../loggers/csv/file.js');
    done.kept = await writeCsv(file, source);
  }
  if (json) return printJson('export-csv', { study: record.name, file, kept: done.kept });
  if (done.kept) print(`the table of another study was there and is kept as ${done.kept}`);
  print(`wrote ${file}`);
}

async function printParts(parts: AsyncIterable<string>): Promise<void> {
  for await (const text of parts) if (!(await writeData(text))) return;
}

async function writeParquetFile(
  storage: Storage,
  record: StudyRecord,
  file: string,
  { steps }: ExportQuery,
): Promise<void> {
  if (!steps) {
    const { writeTableParquet } = await import('./table-parquet.js');
    await writeTableParquet(file, sourceOf(storage, record, false));
    return;
  }
  const { writeParquet } = await import('./parquet.js');
  const pages = async function* () {
    for await (const rows of stepRows(storage, record))
      yield rows.map(({ trial, step, metric, value }) => [trial, step, metric, value]);
  };
  const columns = [
    { name: 'trial', type: 'INT64' },
    { name: 'step', type: 'INT64' },
    { name: 'metric', type: 'STRING' },
    { name: 'value', type: 'DOUBLE' },
  ] as const;
  await writeParquet(file, columns, pages());
}

function sourceOf(storage: Storage, record: StudyRecord, escapeFormulas: boolean): CsvSource {
  if (record.spec === null) return { ...externalSource(storage, record), escapeFormulas };
  const spec = storedSpec(record);
  return makeCsvSource({ study: record, spec, reader: storage, escapeFormulas, warn });
}

/** Returns the table of a study that Optuna created: its columns are what its trials have. */
function externalSource(storage: Storage, record: StudyRecord): CsvSource {
  return {
    study: record.name,
    columns: async () => {
      const survey = await storage.parameterSummary(record.id);
      const names = new Set(survey.parameters.map(({ name }) => name));
      let constrained = false;
      for await (const rows of pagesOf(storage, record.id))
        for (const { params, violations } of rows) {
          // An enqueued trial has fixed parameters, and no others yet.
          for (const name of Object.keys(params)) names.add(name);
          constrained ||= violations.length > 0;
        }
      const objectives = objectiveNames(record, survey);
      return {
        params: [...names],
        metrics: metricColumns([], []),
        constrained,
        ...(objectives.length > 1 && { objectives }),
      };
    },
    pages: (from) => pagesOf(storage, record.id, from),
    changes: null,
  };
}
