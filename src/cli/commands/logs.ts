import type { Command } from 'commander';
import { parseCount, parsePositive } from '../parse.js';
import { findStudy, type StudyOptions, withStorage } from '../studies.js';
import { examples, studyOptions } from './shared.js';

type Options = StudyOptions & { readonly follow?: boolean; readonly attempt?: number };

export function registerLogs(program: Command): void {
  const command = program
    .command('logs')
    .description(
      'Print what a trial has written: as it is in a pipe, as printable text with its colors on a terminal.',
    )
    .argument('<trial>', 'number of the trial', parseCount)
    .option('-f, --follow', 'print what comes until its attempt has ended, and then its next attempts')
    .option('--attempt <n>', 'this attempt alone (default: the newest)', parsePositive);
  examples(
    studyOptions(command),
    'hpo logs 12',
    'hpo logs 12 -f',
    'hpo logs 12 --attempt 1 > first.log',
  ).action(printLog);
}

async function printLog(trial: number, options: Options): Promise<void> {
  const { showLog, sinkTo } = await import('../logs/show-log.js');
  await withStorage(options.storage, 'read', async (storage) => {
    const query = { trial, attempt: options.attempt ?? null, follow: options.follow ?? false };
    await showLog(storage, await findStudy(storage, options), query, sinkTo(process.stdout, process.env));
  });
}
