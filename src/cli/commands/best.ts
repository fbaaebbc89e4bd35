import { type Command, Option } from 'commander';
import type { Direction } from '../../core/trial.js';
import { parsePositive } from '../parse.js';
import { findStudy, type StudyOptions, withStorage } from '../studies.js';
import { examples, jsonOption, studyOptions } from './shared.js';

type Options = StudyOptions & {
  readonly top?: number;
  readonly metric?: string;
  readonly minimize?: boolean;
  readonly maximize?: boolean;
  readonly args?: boolean;
  readonly command?: boolean;
  readonly json?: boolean;
};

export function registerBest(program: Command): void {
  const command = program
    .command('best')
    .description(
      'Show the best configurations, or the Pareto front of several objectives: mean, deviation and number of trials.',
    );
  studyOptions(command)
    .option('--top <n>', 'how many to show (default: 5; all with several objectives)', parsePositive)
    .option(
      '--metric <name>',
      'rank by another metric that the trials reported, in the direction of the objective',
    )
    .addOption(new Option('--minimize', 'the lowest value is best').conflicts('maximize'))
    .addOption(new Option('--maximize', 'the highest value is best'))
    .addOption(
      new Option(
        '--command',
        'print the command line that runs the best configuration again, for a POSIX shell',
      ).conflicts(['json', 'top', 'args']),
    )
    .addOption(
      new Option(
        '--args',
        'print the best configuration as key=value arguments for a POSIX shell, on one line',
      ).conflicts(['json', 'top']),
    );
  examples(
    jsonOption(command),
    'hpo best',
    'hpo best --top 1 --json',
    'hpo best --metric accuracy --maximize',
    'hpo best --command',
    'sh -c "$(hpo best --command)"',
  ).action(showBestOf);
}

async function showBestOf(options: Options): Promise<void> {
  const { showBest } = await import('../best/show-best.js');
  await withStorage(options.storage, 'read', async (storage) => {
    await showBest(storage, await findStudy(storage, options), {
      top: options.top ?? null,
      metric: options.metric ?? null,
      direction: directionOf(options),
      print: options.command ? 'command' : options.args ? 'args' : null,
      json: options.json ?? false,
    });
  });
}

function directionOf({ minimize, maximize }: Options): Direction | null {
  if (minimize) return 'minimize';
  return maximize ? 'maximize' : null;
}
