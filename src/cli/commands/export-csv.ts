import type { Command } from 'commander';
import { usageError } from '../../core/errors.js';
import { type CsvSource, makeCsvSource, pagesOf } from '../../loggers/csv/source.js';
import { metricColumns } from '../../loggers/csv/table.js';
import { csvText } from '../../loggers/csv/text.js';
import type { Storage, StudyRecord } from '../../storage/storage.js';
import { objectiveNames } from '../../study/optuna-study.js';
import { storedSpec } from '../../study/stored-spec.js';
import { deprecatedFlag } from '../deprecated-flag.js';
import { print, printJson, warn, writeData } from '../output.js';
import { findStudy, type StudyOptions, withStorage } from '../studies.js';
import { examples, jsonOption, studyOptions } from './shared.js';

type Options = StudyOptions & {
  readonly out: string;
  readonly escapeFormulas?: boolean;
  readonly json?: boolean;
};

export function registerExportCsv(program: Command): void {
  const command = program
    .command('export-csv')
    .description('Write runs.csv from the database, with the same bytes that the sweep wrote.')
    .option('--out <file>', 'output file (- for stdout)', 'cfg/runs.csv')
    .option('--escape-formulas', 'put an apostrophe before cells that a spreadsheet would run as formulas');
  deprecatedFlag(command, { old: '--safe', replacement: '--escape-formulas' });
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
    const escapeFormulas = options.escapeFormulas ?? false;
    const source =
      record.spec === null
        ? { ...externalSource(storage, record), escapeFormulas }
        : makeCsvSource({
            study: record,
            spec: storedSpec(record),
            reader: storage,
            escapeFormulas,
            warn,
          });
    if (options.out === '-') return printTable(source);
    const { writeCsv } = await import('../../loggers/csv/file.js');
    const kept = await writeCsv(options.out, source);
    if (options.json) return printJson({ study: record.name, file: options.out, kept });
    if (kept) print(`the table of another study was there and is kept as ${kept}`);
    print(`wrote ${options.out}`);
  });
}

async function printTable(source: CsvSource): Promise<void> {
  for await (const text of csvText(source)) if (!(await writeData(text))) return;
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
    pages: () => pagesOf(storage, record.id),
  };
}
