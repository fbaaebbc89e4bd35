import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Command, Option } from 'commander';
import { usageError } from '../../core/errors.js';
import { initFiles, type Language } from '../init-files.js';
import { print } from '../output.js';
import { examples } from './shared.js';

type Options = { readonly python?: boolean; readonly node?: boolean };

export function registerInit(program: Command): void {
  const command = program
    .command('init')
    .description(
      'Write a commented cfg/sweep.yaml and a ten-line trainer into this folder, ready for hpo optimize.',
    )
    .addOption(new Option('--python', 'a trainer in Python (the default)').conflicts('node'))
    .addOption(new Option('--node', 'a trainer in JavaScript'));
  examples(command, 'hpo init', 'hpo init --node').action(init);
}

function init(options: Options): void {
  const language: Language = options.node ? 'node' : 'python';
  const files = initFiles(language);
  const there = files.find(({ path }) => existsSync(path));
  if (there) {
    throw usageError('init.file-exists', `expected a folder without ${there.path}, which is here already`, {
      fix: 'use another folder, or move the file away',
    });
  }
  for (const { path, text } of files) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text, { flag: 'wx' });
    print(`wrote ${path}`);
  }
  print('next: hpo optimize');
}
