import type { Command } from 'commander';
import { print, printJson } from '../output.js';
import { findStudy, type StudyOptions, withStorage } from '../studies.js';
import { examples, jsonOption, studyOptions } from './shared.js';

type Options = StudyOptions & { readonly json?: boolean };

export function registerWorkers(program: Command): void {
  const command = program
    .command('workers')
    .description('List the processes that run trials of a study, with their machines, one a line.');
  examples(
    jsonOption(studyOptions(command)),
    'hpo workers --study first',
    'hpo workers --study first --json',
  ).action(listWorkers);
}

async function listWorkers(options: Options): Promise<void> {
  const { readWorkers } = await import('../workers/read-workers.js');
  await withStorage(options.storage, 'read', async (storage) => {
    const study = await findStudy(storage, options);
    const workers = await readWorkers(storage, study.id);
    if (options.json) return printJson('workers', workers);
    if (workers.length === 0) return print(`nobody runs trials of ${study.name} now`);
    const { printWorkers } = await import('../workers/workers-table.js');
    await printWorkers(workers);
  });
}
