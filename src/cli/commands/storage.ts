import type { Command } from 'commander';
import { ExitCode, print, printJson } from '../output.js';
import { DEFAULT_STORAGE } from '../paths.js';
import { examples, jsonOption } from './shared.js';

type Options = { readonly storage: string; readonly json?: boolean };

export function registerStorage(program: Command): void {
  const storage = examples(
    program.command('storage').description('Check the database that holds the studies.'),
    'hpo storage check',
  );
  registerCheck(storage, 'hpo storage check');
}

/** Adds `check` to a command. `name`: how users call it, for the examples. */
export function registerCheck(parent: Command, name: string): void {
  const check = parent
    .command('check')
    .description('Read all of a database and check whether it is damaged; exits 1 when it is.')
    .option('--storage <url>', 'where studies live', DEFAULT_STORAGE);
  examples(jsonOption(check), name, `${name} --storage sqlite:old.db`).action(checkFile);
}

async function checkFile(options: Options): Promise<void> {
  const { checkStorage } = await import('../../storage/open.js');
  const found = await checkStorage(options.storage);
  if (options.json)
    printJson('storage-check', { storage: options.storage, whole: found.length === 0, found });
  else if (found.length === 0) print(`${options.storage} is whole`);
  if (found.length === 0) return;
  if (options.json) throw new ExitCode(1);
  const { damaged } = await import('../../storage/sqlite-errors.js');
  throw damaged(options.storage, found.join('; '));
}
