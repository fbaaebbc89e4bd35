import { type Command, Option } from 'commander';
import { SETTINGS } from '../../config/settings.js';
import { formats } from '../../protocol/formats/registry.js';
import { parseCount, parsePositive } from '../parse.js';
import { DEFAULT_STORAGE } from '../paths.js';
import { addSettingFlags } from '../setting-flags.js';
import type { Goal, TuneRequest } from '../tune/request.js';
import { examples, jsonOption } from './shared.js';

const FORMS = `
Parameters in the command:
  {name:LOW..HIGH}            a number              {name:LOW..HIGH:STEP}      in steps
  {name:log:LOW..HIGH}        on a log scale        {name:int:log:LOW..HIGH}   whole numbers
  {name:a/b/c}                one of these; quoted also '{name:a|b|c}' and '{name:a,b,c}'
  {name}                      the same parameter again
  \${trial_dir}, \${seed}, ...  as in a sweep file, quoted; {{name:...}} is the text itself
In PowerShell quote each word with braces.`;

const list = (text: string, before: readonly string[]): readonly string[] => [...before, text];

export function registerTune(program: Command): void {
  // One list for both options: the first objective is the first that was typed.
  const goals: Goal[] = [];
  const settings = new Map<string, string>();
  const goal = (direction: Goal['direction']) => (metric: string) => {
    goals.push({ metric, direction });
    return metric;
  };
  const command = program
    .command('tune')
    .description('Tune any command, without a file: {name:...} in its arguments is a parameter.')
    .argument('[command...]', 'the command, after --')
    .option('--minimize <metric>', 'minimize a metric; repeat it for several objectives', goal('minimize'))
    .option('--maximize <metric>', 'maximize a metric', goal('maximize'))
    .option('--name <study>', "name of the study, as --study (default: the script's or the program's)")
    .option('--repeats <n>', 'trials of each configuration, each with another seed', parsePositive)
    .addOption(
      new Option('--metric-format <name>', 'how the metrics are read').choices(
        formats.map(({ name }) => name),
      ),
    )
    .option('--metric-pattern <regex>', 'read them with this pattern: a named group is a metric')
    .option('--metric-path <file>', "read them from this JSON file in the trial's folder")
    .addOption(
      new Option('--reduce <how>', "a trial's value from its steps").choices(['last', 'best', 'mean']),
    )
    .option('--constraint <limit>', 'a limit such as "hpo.max_rss_mb <= 500"; may be repeated', list, [])
    .option('--set <key=value>', 'any other key of a sweep file; may be repeated', list, [])
    .option('--save <file>', 'write the sweep file; hpo optimize --sweep FILE continues the study')
    .option('--storage <url>', 'where studies live', DEFAULT_STORAGE)
    .option('--seed <n>', 'seed of a new study', parseCount)
    .option('--retry-failed', 'run failed trials again')
    .option('--resume', 'resume a study that hpo pause has paused')
    .option('--allow-change', 'continue although the search has changed since the study was created')
    .option('--dry-run', 'print what would run; write nothing');
  addSettingFlags(jsonOption(command).optionsGroup('Settings of a sweep file:'));
  for (const { key, flag } of SETTINGS) {
    if (flag === null || key === 'study') continue;
    command.on(`option:${flag.name}`, (text: string) => {
      // `+20` counts from the trials that there are: it belongs to one call.
      if (!text.startsWith('+')) settings.set(key, text);
    });
  }
  examples(
    command.addHelpText('after', FORMS),
    'hpo tune --minimize val_loss --trials 30 -- python train.py --lr={lr:log:1e-5..0.1} --opt={opt:sgd/adam}',
    'hpo tune --minimize hpo.duration_s --repeats 5 -- sleep {t:0.1..0.5}',
  ).action(async (words: readonly string[], request: Omit<TuneRequest, 'goals' | 'settings'>) => {
    const { tune } = await import('../tune/tune.js');
    await tune(words, { ...request, goals, settings });
  });
}
