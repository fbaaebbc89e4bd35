import type { Command } from 'commander';
import { printJson, writeStyled } from '../output.js';
import { parseCount } from '../parse.js';
import { findStudy, type StudyOptions, withStorage } from '../studies.js';
import { examples, jsonOption, studyOptions } from './shared.js';

type Options = StudyOptions & { readonly json?: boolean };

export function registerShow(program: Command): void {
  const command = program
    .command('show')
    .description(
      'Show one trial: parameters, curves, attempts, repeats, files, and the command that runs it again.',
    )
    .argument('<trial>', 'number of the trial', parseCount);
  examples(jsonOption(studyOptions(command)), 'hpo show 12', 'hpo show 12 --json').action(showTrial);
}

async function showTrial(number: number, options: Options): Promise<void> {
  const { readTrial } = await import('../show/read-trial.js');
  await withStorage(options.storage, 'read', async (storage) => {
    const shown = await readTrial(storage, await findStudy(storage, options), number);
    if (options.json) {
      const { trialJson } = await import('../show/trial-json.js');
      return printJson('show', trialJson(shown));
    }
    const [{ trialText }, { stdoutSurface }, { terminalStyle }] = await Promise.all([
      import('../show/trial-text.js'),
      import('../table/surface.js'),
      import('../terminal-style.js'),
    ]);
    const around = { surface: stdoutSurface(), terminal: terminalStyle(), nowMs: Date.now() };
    await writeStyled(`${trialText(shown, around)}\n`);
  });
}
