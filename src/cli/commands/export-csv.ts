import { type Command, Option } from 'commander';
import { deprecatedFlag } from '../deprecated-flag.js';
import { findStudy, type StudyOptions, withStorage } from '../studies.js';
import { examples, jsonOption, studyOptions } from './shared.js';

type Options = StudyOptions & {
  readonly out?: string;
  readonly steps?: boolean;
  readonly format: 'csv' | 'parquet';
  readonly escapeFormulas?: boolean;
  readonly json?: boolean;
};

export function registerExportCsv(program: Command): void {
  const command = program
    .command('export-csv')
    .description('Write runs.csv from the database, with the same bytes that the sweep wrote.')
    .option(
      '--out <file>',
      'output file, - for stdout (default: "cfg/runs.csv", with --steps "cfg/steps.csv")',
    )
    .option('--steps', 'write every step of every metric instead: trial,step,metric,value')
    .addOption(
      new Option('--format <format>', 'the form of the file').choices(['csv', 'parquet']).default('csv'),
    )
    .option('--escape-formulas', 'put an apostrophe before cells that a spreadsheet would run as formulas');
  deprecatedFlag(command, { old: '--safe', replacement: '--escape-formulas' });
  examples(
    jsonOption(studyOptions(command)),
    'hpo export-csv',
    'hpo export-csv --study sweep --out sweep.csv',
    'hpo export-csv --out - | column -ts,',
    'hpo export-csv --steps',
    'hpo export-csv --format parquet --out runs.parquet',
  ).action(exportStudy);
}

async function exportStudy({ out, steps, format, escapeFormulas, json, ...options }: Options): Promise<void> {
  const { exportTrials } = await import('../export/export-trials.js');
  await withStorage(options.storage, 'read', async (storage) => {
    await exportTrials(storage, await findStudy(storage, options), {
      out: out ?? null,
      steps: steps ?? false,
      format,
      escapeFormulas: escapeFormulas ?? false,
      json: json ?? false,
    });
  });
}
