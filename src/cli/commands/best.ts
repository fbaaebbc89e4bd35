import type { Command } from 'commander';
import { outcomeText } from '../../core/outcomes.js';
import { numberText, paramsText } from '../../loggers/words.js';
import { Study } from '../../study/study.js';
import { formatTable, print, printJson } from '../output.js';
import { parsePositive } from '../parse.js';
import { rankConfigurations } from '../ranking.js';
import { findStudy, type StudyOptions, withStorage } from '../studies.js';
import { examples, jsonOption, studyOptions } from './shared.js';

type Options = StudyOptions & { readonly top: number; readonly json?: boolean };

export function registerBest(program: Command): void {
  const command = program
    .command('best')
    .description('Show the best configurations: mean, deviation and count over their trials.');
  studyOptions(command).option('--top <n>', 'how many', parsePositive, 5);
  examples(jsonOption(command), 'hpo best', 'hpo best --top 1 --json').action(showBest);
}

async function showBest(options: Options): Promise<void> {
  await withStorage(options.storage, false, async (storage) => {
    const study = await Study.open(storage, await findStudy(storage, options));
    const top = (await rankConfigurations(study)).slice(0, options.top);
    if (options.json) return printJson(top);
    if (top.length === 0) return print(`study ${study.name} has no complete trial yet`);
    const { objectives, outcomes } = study.spec;
    const limited = outcomes.length > 0;
    const rows = top.map((config) => [
      ...(limited ? [config.feasible ? 'yes' : 'no'] : []),
      numberText(config.value),
      config.std === null ? '' : numberText(config.std),
      String(config.n),
      config.trials.join(','),
      paramsText(config.params),
    ]);
    if (limited && !top.some((config) => config.feasible))
      print(`no configuration keeps the limits yet: ${outcomes.map(outcomeText).join(', ')}`);
    print(
      formatTable(
        [
          ...(limited ? ['feasible'] : []),
          objectives[0]?.metric ?? 'objective',
          'std',
          'n',
          'trials',
          'configuration',
        ],
        rows,
      ),
    );
  });
}
