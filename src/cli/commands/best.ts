import type { Command } from 'commander';
import { numberText, paramsText } from '../../loggers/event-messages.js';
import { paretoFront } from '../../study/pareto-front.js';
import { noneFeasible, rankConfigurations } from '../../study/ranking.js';
import type { Study } from '../../study/study.js';
import { formatTable, print, printJson } from '../output.js';
import { parsePositive } from '../parse.js';
import { resultJson } from '../result-json.js';
import { findStudy, openToRead, type StudyOptions, withStorage } from '../studies.js';
import { examples, jsonOption, studyOptions } from './shared.js';

type Options = StudyOptions & { readonly top?: number; readonly json?: boolean };

/** How many are shown of a ranking; a front is shown whole. */
const TOP = 5;

export function registerBest(program: Command): void {
  const command = program
    .command('best')
    .description(
      'Show the best configurations, or the Pareto front of several objectives: mean, deviation and count over their trials.',
    );
  studyOptions(command).option(
    '--top <n>',
    `how many (default: ${TOP}; with several objectives all)`,
    parsePositive,
  );
  examples(jsonOption(command), 'hpo best', 'hpo best --top 1 --json').action(showBest);
}

async function showBest(options: Options): Promise<void> {
  await withStorage(options.storage, 'read', async (storage) => {
    const study = await openToRead(storage, await findStudy(storage, options));
    const show = study.spec.objectives.length > 1 ? showFront : showRanking;
    await show(study, options);
  });
}

async function showRanking(study: Study, { top = TOP, json }: Options): Promise<void> {
  const ranked = (await rankConfigurations(study)).slice(0, top);
  if (json) return printJson(ranked.map(resultJson));
  if (ranked.length === 0) return print(`study ${study.name} has no complete trial yet`);
  const { objectives, outcomes } = study.spec;
  const limited = outcomes.length > 0;
  if (!ranked.some(({ feasible }) => feasible)) print(noneFeasible(outcomes));
  const rows = ranked.map((config) => [
    ...(limited ? [config.feasible ? 'yes' : 'no'] : []),
    numberText(config.value),
    config.std === null ? '' : numberText(config.std),
    String(config.trialCount),
    config.trials.join(','),
    paramsText(config.params),
  ]);
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
}

async function showFront(study: Study, { top, json }: Options): Promise<void> {
  const front = (await paretoFront(study)).slice(0, top);
  if (json) return printJson(front.map(resultJson));
  if (front.length === 0) return print(`study ${study.name} has no complete configuration yet`);
  const metrics = study.spec.objectives.map(({ metric }) => metric);
  // Without repeats there is no deviation to show.
  const deviations = front.some(({ std }) => std !== null) ? metrics : [];
  const rows = front.map(({ values, std, trialCount, trials, params }) => [
    ...values.map(numberText),
    ...deviations.map((_, k) => (std === null ? '' : numberText(std[k] as number))),
    String(trialCount),
    trials.join(','),
    paramsText(params),
  ]);
  const header = [...metrics, ...deviations.map((metric) => `std ${metric}`), 'n', 'trials', 'configuration'];
  print(formatTable(header, rows));
}
