import { type Command, Option } from 'commander';
import type { FinishedState } from '../../core/trial.js';
import { openStudy } from '../../study/open-study.js';
import { tellTrial } from '../asked/tell-trial.js';
import { print, printJson } from '../output.js';
import { parseCount, parseMetricNumber } from '../parse.js';
import { findStudy, type StudyOptions, withStorage } from '../studies.js';
import { examples, jsonOption, studyOptions } from './shared.js';

type Options = StudyOptions & {
  readonly state: FinishedState;
  readonly reason?: string;
  readonly json?: boolean;
};

export function registerTell(program: Command): void {
  const command = program
    .command('tell')
    .description('Record the result of a trial obtained with hpo ask.')
    .argument('<trial>', 'number of the trial', parseCount)
    .argument(
      '[values...]',
      'value of the objective, or of each objective in the order of the sweep file; optional for a pruned trial',
      (text: string, before: readonly number[] = []) => [...before, parseMetricNumber(text)],
    )
    .addOption(
      new Option('--state <state>', 'how the trial ended')
        .choices(['complete', 'pruned', 'fail'])
        .default('complete'),
    )
    .option('--reason <text>', 'why, for hpo trials');
  examples(
    jsonOption(studyOptions(command)),
    'hpo tell 3 0.93',
    'hpo tell 3 0.93 12.5',
    'hpo tell 4 --state pruned',
    'hpo tell 5 --state fail --reason "out of memory"',
  ).action(tell);
}

async function tell(number: number, given: readonly number[], options: Options): Promise<void> {
  await withStorage(options.storage, 'write', async (storage) => {
    const study = await openStudy(storage, await findStudy(storage, options));
    const told = { values: given, state: options.state, reason: options.reason ?? null };
    const { state, values, fault } = await tellTrial(study, number, told);
    if (options.json) return printJson('tell', { study: study.name, trial: number, state, values });
    print(
      `trial ${number} is ${state}${values ? ` with ${values.join(', ')}` : ''}${fault ? `: ${fault}` : ''}`,
    );
  });
}
