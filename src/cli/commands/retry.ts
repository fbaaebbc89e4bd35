import type { Command } from 'commander';
import { CONTROLS } from '../../control/registry.js';
import { parseCount } from '../parse.js';
import { runControl } from '../run-control.js';
import type { StudyOptions } from '../studies.js';
import { examples, jsonOption, studyOptions } from './shared.js';

type Options = StudyOptions & { readonly failed?: boolean; readonly json?: boolean };

export function registerRetry(program: Command): void {
  const command = program
    .command('retry')
    .description(CONTROLS.retry.summary)
    .argument('[trial]', 'number of a failed trial', parseCount)
    .option('--failed', 'all failed trials instead');
  examples(jsonOption(studyOptions(command)), 'hpo retry 12', 'hpo retry --failed').action(
    (trial: number | undefined, { failed, ...options }: Options) =>
      runControl(CONTROLS.retry, { trial, failed }, options),
  );
}
