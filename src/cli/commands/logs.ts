import { type Command, Option } from 'commander';
import { printJson } from '../output.js';
import { parseCount, parsePositive } from '../parse.js';
import { findStudy, type StudyOptions, withStorage } from '../studies.js';
import { examples, jsonOption, studyOptions } from './shared.js';

type Options = StudyOptions & {
  readonly follow?: boolean;
  readonly attempt?: number;
  readonly json?: boolean;
};

export function registerLogs(program: Command): void {
  const command = program
    .command('logs')
    .description(
      'Print what a trial has written: as it is in a pipe, as printable text with its colors on a terminal.',
    )
    .argument('<trial>', 'number of the trial', parseCount)
    .addOption(
      new Option(
        '-f, --follow',
        'print what comes until its attempt has ended, and then its next attempts',
      ).conflicts('json'),
    )
    .option('--attempt <n>', 'this attempt alone (default: the newest)', parsePositive);
  examples(
    jsonOption(studyOptions(command)),
    'hpo logs 12',
    'hpo logs 12 -f',
    'hpo logs 12 --attempt 1 > first.log',
  ).action(printLog);
}

async function printLog(trial: number, options: Options): Promise<void> {
  const { showLog, sinkTo } = await import('../logs/show-log.js');
  await withStorage(options.storage, 'read', async (storage) => {
    const query = { trial, attempt: options.attempt ?? null, follow: options.follow ?? false };
    const study = await findStudy(storage, options);
    if (options.json) {
      const { logJson } = await import('../logs/log-json.js');
      return printJson('logs', await logJson(storage, study, query));
    }
    await showLog(storage, study, query, sinkTo(process.stdout, process.env));
  });
}
