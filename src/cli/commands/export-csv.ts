import type { Command } from 'commander';
import { usageError } from '../../core/errors.js';
import { type CsvSource, metricColumns } from '../../loggers/csv/table.js';
import { csvText } from '../../loggers/csv/text.js';
import type { Storage, StudyRecord } from '../../storage/storage.js';
import { objectiveNames } from '../../study/optuna-study.js';
import { storedSpec } from '../../study/stored-spec.js';
import { makeCsvSource, pagesOf } from '../optimize/csv-source.js';
import { print, printJson, warn, writeData } from '../output.js';
import { findStudy, type StudyOptions, withStorage } from '../studies.js';
import { examples, jsonOption, studyOptions } from './shared.js';

type Options = StudyOptions & { readonly out: string; readonly safe?: boolean; readonly json?: boolean };

export function registerExportCsv(program: Command): void {
  const command = program
    .command('export-csv')
    .description('Write the table of trials from the database: the same bytes that the sweep wrote.')
    .option('--out <file>', 'where to; - writes to stdout', 'cfg/runs.csv')
    .option(
      '--safe',
      'make text of cells that a spreadsheet would run as formulas, by an apostrophe before them',
    );
  examples(
    jsonOption(studyOptions(command)),
    'hpo export-csv',
    'hpo export-csv --study sweep --out sweep.csv',
    'hpo export-csv --out - | column -ts,',
  ).action(exportCsv);
}

async function exportCsv(options: Options): Promise<void> {
  if (options.out === '-' && options.json)
    throw usageError('export-csv.two-outputs', 'expected --out - or --json, got both: each writes to stdout');
  await withStorage(options.storage, 'read', async (storage) => {
    const record = await findStudy(storage, options);
    const source =
      record.spec === null
        ? { ...foreignSource(storage, record), safe: options.safe ?? false }
        : makeCsvSource(storage, record, storedSpec(record), options.safe ?? false, warn);
    if (options.out === '-') return printTable(source);
    const { writeCsv } = await import('../../loggers/csv/file.js');
    const kept = await writeCsv(options.out, source);
    if (options.json) return printJson({ study: record.name, file: options.out, kept });
    if (kept) print(`the table of another study was in the way and is kept as ${kept}`);
    print(`wrote ${options.out}`);
  });
}

async function printTable(source: CsvSource): Promise<void> {
  for await (const text of csvText(source)) if (!(await writeData(text))) return;
}

/** A study that Optuna made: its columns are what its trials have. */
function foreignSource(storage: Storage, record: StudyRecord): CsvSource {
  return {
    study: record.name,
    columns: async () => {
      const survey = await storage.parameterSummary(record.id);
      const names = new Set(survey.parameters.map(({ name }) => name));
      // An enqueued trial has what it is to be run with, and no parameters yet.
      for await (const rows of pagesOf(storage, record.id))
        for (const row of rows) for (const name of Object.keys(row.params)) names.add(name);
      const objectives = objectiveNames(record, survey);
      return {
        params: [...names],
        metrics: metricColumns([], []),
        ...(objectives.length > 1 && { objectives }),
      };
    },
    pages: () => pagesOf(storage, record.id),
  };
}
