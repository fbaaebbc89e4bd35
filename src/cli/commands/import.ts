import { statSync } from 'node:fs';
import { type Command, Option } from 'commander';
import { usageError } from '../../core/errors.js';
import type { Direction } from '../../core/trial.js';
import type { ImportedResults } from '../import/results.js';
import { print, printData, printJson, warn } from '../output.js';
import { DEFAULT_STORAGE, DEFAULT_SWEEP } from '../paths.js';
import { withStorage } from '../studies.js';
import { examples, jsonOption } from './shared.js';

type Options = {
  readonly out: string;
  readonly force?: boolean;
  readonly params?: string;
  readonly metric?: string;
  readonly direction?: Direction;
  readonly study?: string;
  readonly storage: string;
  readonly sweep: string;
  readonly json?: boolean;
};

/** How many reasons are shown; the others are counted. */
const SHOWN = 5;

export function registerImport(program: Command): void {
  const command = program
    .command('import')
    .description(
      'Convert a sweep of W&B, Katib or Hydra (.yaml) to a sweep file, or load past results (a table, an export of W&B, trials of Ray Tune, the log of an agent) into a study as finished trials.',
    )
    .argument(
      '<file>',
      'a sweep in YAML; a CSV table with a header, JSON, JSON lines, or a folder of Ray Tune',
    )
    .option('--out <file>', 'output file for a converted sweep (- for stdout)', DEFAULT_SWEEP)
    .option('--force', 'of a sweep: overwrite the output file')
    .option(
      '--params <names>',
      "of a table: the columns that are parameters (default: the study's parameters)",
    )
    .option('--metric <column>', 'of a table: the column with the objective (default: its metric)')
    .addOption(
      new Option(
        '--direction <direction>',
        'of a table without a sweep file: whether less or more is better',
      ).choices(['minimize', 'maximize']),
    )
    .option('--study <name>', 'the study; created from the sweep file or the table when it does not exist')
    .option('--storage <url>', 'where studies live', DEFAULT_STORAGE)
    .option('--sweep <file>', 'the sweep file', DEFAULT_SWEEP);
  examples(
    jsonOption(command),
    'hpo import wandb-sweep.yaml',
    'hpo import wandb-sweep.yaml --out - | less',
    'hpo import autoresearch.jsonl',
    'hpo import results.csv --params lr,opt --metric loss --direction minimize',
  ).action(importFile);
}

async function importFile(file: string, options: Options): Promise<void> {
  if (/\.ya?ml$/i.test(file)) return importSweepFile(file, options);
  if (/\.(?:csv|jsonl?)$/i.test(file) || isFolder(file)) return importTable(file, options);
  throw usageError(
    'import.what',
    `expected a .yaml, .csv, .json or .jsonl file, or a folder of Ray Tune, got ${file}`,
  );
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

async function importSweepFile(file: string, options: Options): Promise<void> {
  const { importSweep, writeSweep } = await import('../import/sweep.js');
  const { text, notes } = await importSweep(file);
  const written = options.out === '-' ? null : options.out;
  if (written !== null) await writeSweep(written, text, options.force ?? false);
  if (options.json) return printJson('import-sweep', { written, notes, ...(written === null && { text }) });
  if (written === null) printData(`${text.trimEnd()}\n`);
  else print(`wrote ${written}`);
  for (const note of notes) warn(`not imported: ${note}`);
  if (written !== null) print(`next: hpo optimize --sweep ${written} --dry-run`);
}

async function importTable(file: string, options: Options): Promise<void> {
  const { importResults } = await import('../import/results.js');
  const { readTables } = await import('../import/read-table.js');
  // Before a database is created: a table that cannot be read changes nothing.
  const tables = await readTables(file);
  const { params, ...rest } = options;
  const names = params?.split(',').map((name) => name.trim());
  await withStorage(options.storage, 'create', async (storage) => {
    const all: ImportedResults[] = [];
    for (const [k, table] of tables.entries()) {
      const study = rest.study !== undefined && k > 0 ? `${rest.study}-${k + 1}` : rest.study;
      const into = { ...rest, ...(study !== undefined && { study }), ...(names && { params: names }) };
      all.push(await importResults(storage, table, into));
    }
    const { failed, ...newest } = all.at(-1) as ImportedResults;
    if (options.json)
      return printJson('import', {
        ...newest,
        ...(tables[0]?.log && { failed }),
        ...(all.length > 1 && { earlier: all.slice(0, -1) }),
      });
    for (const each of all) show(each, file);
    if (tables.some(({ log, params }) => log?.isAgents && params.join() === 'run'))
      print('the log names no parameters: run is the number of an experiment; hpo show N has its commit');
  });
}

function show({ study, trials, failed, left }: ImportedResults, file: string): void {
  const complete = trials.length - failed.length;
  const others = failed.length === 0 ? '' : ` and ${failed.length} failed`;
  print(`study ${study}: ${complete} complete${others} trial${trials.length === 1 ? '' : 's'} from ${file}`);
  for (const { row, reason } of left.slice(0, SHOWN)) warn(`row ${row} is left out: ${reason}`);
  if (left.length > SHOWN) warn(`${left.length - SHOWN} more rows are left out (--json shows all)`);
}
