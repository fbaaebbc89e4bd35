import type { Command } from 'commander';
import { numberText, paramsText } from '../../loggers/event-messages.js';
import { readResults } from '../../results/results-feed.js';
import { noneFeasible, type RankedConfiguration } from '../../results/results-model.js';
import { formatTable, print, printJson } from '../output.js';
import { parsePositive } from '../parse.js';
import { frontJson, rankedJson } from '../result-json.js';
import { findStudy, type ReadableStudy, type StudyOptions, studyToRead, withStorage } from '../studies.js';
import { examples, jsonOption, studyOptions } from './shared.js';

type Options = StudyOptions & { readonly top?: number; readonly json?: boolean };

/** How many configurations of a ranking are shown. A front is shown whole. */
const TOP = 5;

export function registerBest(program: Command): void {
  const command = program
    .command('best')
    .description(
      'Show the best configurations, or the Pareto front of several objectives: mean, deviation and number of trials.',
    );
  studyOptions(command).option(
    '--top <n>',
    `how many to show (default: ${TOP}; all with several objectives)`,
    parsePositive,
  );
  examples(jsonOption(command), 'hpo best', 'hpo best --top 1 --json').action(showBest);
}

async function showBest(options: Options): Promise<void> {
  await withStorage(options.storage, 'read', async (storage) => {
    const study = await studyToRead(storage, await findStudy(storage, options));
    const results = await readResults(storage, study);
    if (study.spec.objectives.length > 1) showFront(study, results.front().slice(0, options.top), options);
    else showRanking(study, results.best(options.top ?? TOP), options);
  });
}

function showRanking(study: ReadableStudy, ranked: readonly RankedConfiguration[], { json }: Options): void {
  if (json) printJson(ranked.map(rankedJson));
  else if (ranked.length === 0) print(`study ${study.name} has no complete trial yet`);
  else print(rankingTable(study, ranked));
}

function rankingTable({ spec }: ReadableStudy, ranked: readonly RankedConfiguration[]): string {
  const isConstrained = spec.metricConstraints.length > 0;
  const rows = ranked.map((config) => [
    ...(isConstrained ? [config.feasible ? 'yes' : 'no'] : []),
    numberText(config.values[0] as number),
    config.std === null ? '' : numberText(config.std[0] as number),
    String(config.trialCount),
    config.trials.join(','),
    paramsText(config.params),
  ]);
  const metric = spec.objectives[0]?.metric ?? 'objective';
  const header = [...(isConstrained ? ['feasible'] : []), metric, 'std', 'n', 'trials', 'configuration'];
  const table = formatTable(header, rows);
  return ranked.some(({ feasible }) => feasible)
    ? table
    : `${noneFeasible(spec.metricConstraints)}\n${table}`;
}

function showFront(study: ReadableStudy, front: readonly RankedConfiguration[], { json }: Options): void {
  if (json) printJson(front.map(frontJson));
  else if (front.length === 0) print(`study ${study.name} has no complete configuration yet`);
  else print(frontTable(study, front));
}

function frontTable({ spec }: ReadableStudy, front: readonly RankedConfiguration[]): string {
  const metrics = spec.objectives.map(({ metric }) => metric);
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
  return formatTable(header, rows);
}
