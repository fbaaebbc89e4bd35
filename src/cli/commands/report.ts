import type { Command } from 'commander';
import type { AttemptContext } from '../../study/attempt/attempt-context.js';
import { openStudy } from '../../study/open-study.js';
import { reportTrial } from '../asked/asked-trial.js';
import { print, printJson } from '../output.js';
import { parseCount, parseMetric } from '../parse.js';
import { findStudy, type StudyOptions, withStorage } from '../studies.js';
import { examples, jsonOption, studyOptions } from './shared.js';

type Options = StudyOptions & { readonly step?: number; readonly json?: boolean };

export function registerReport(program: Command): void {
  const command = program
    .command('report')
    .description(
      'Report metrics of a trial obtained with hpo ask; prints whether to continue or to prune it.',
    )
    .argument('<trial>', 'number of the trial', parseCount)
    .argument('<metrics...>', 'name=value')
    .option(
      '--step <n>',
      'the epoch or step of the values; without it they are final values of the trial',
      parseCount,
    );
  examples(
    jsonOption(studyOptions(command)),
    'hpo report 3 --step 1 epoch_loss=0.31 epoch_accuracy=0.9',
    'hpo report 3 --step 2 epoch_accuracy=0.92 --json',
  ).action(report);
}

async function report(number: number, given: readonly string[], options: Options): Promise<void> {
  const metrics = given.map(parseMetric);
  await withStorage(options.storage, 'write', async (storage) => {
    const study = await openStudy(storage, await findStudy(storage, options));
    const step = options.step ?? null;
    await reportTrial(study, number, { step, metrics });
    const objectives = study.spec.objectives.map(({ metric }) => metric);
    const isAsked = step !== null && metrics.some(({ name }) => objectives.includes(name));
    const decision = await decide(study, number, isAsked);
    if (options.json) return printJson('report', { study: study.name, trial: number, ...decision });
    print(decision.prune ? `prune: ${decision.reason}` : 'continue');
  });
}

async function decide(
  study: Pick<AttemptContext, 'pruner' | 'view'>,
  number: number,
  asked: boolean,
): Promise<{ prune: boolean; reason: string }> {
  const view = await study.view();
  const trial = view.configs
    .flatMap((config) => config.trials)
    .find((candidate) => candidate.number === number);
  if (!asked || !trial || !study.pruner)
    return { prune: false, reason: study.pruner ? 'nothing to decide on' : 'pruning is off' };
  return study.pruner.decide(trial, view);
}
