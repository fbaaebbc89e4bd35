import type { Command } from 'commander';
import { CONTROLS } from '../../control/registry.js';
import { parseCount } from '../parse.js';
import { runControl } from '../run-control.js';
import type { StudyOptions } from '../studies.js';
import { examples, jsonOption, studyOptions } from './shared.js';

type Options = StudyOptions & { readonly show?: boolean; readonly json?: boolean };

export function registerHide(program: Command): void {
  const command = program
    .command('hide')
    .description(CONTROLS.hide.summary)
    .argument('<trials...>', 'numbers of the trials', (text: string, before?: readonly number[]) => [
      ...(before ?? []),
      parseCount(text),
    ])
    .option('--show', 'show them again');
  examples(jsonOption(studyOptions(command)), 'hpo hide 12 13', 'hpo hide 12 --show').action(
    (trials: readonly number[], { show, ...options }: Options) =>
      runControl(CONTROLS.hide, { trials, show }, options),
  );
}
