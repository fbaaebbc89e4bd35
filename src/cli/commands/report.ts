import type { Command } from 'commander';
import { usageError } from '../../core/errors.js';
import type { StudyReader, UnfinishedTrial } from '../../storage/storage.js';
import { readTrialRow } from '../../storage/trial-row.js';
import type { AttemptContext } from '../../study/attempt/attempt-context.js';
import { openStudy } from '../../study/open-study.js';
import type { StudyRows } from '../../study/study-context.js';
import { print, printJson } from '../output.js';
import { parseCount, parseMetric } from '../parse.js';
import { findStudy, noSuchTrial, type StudyOptions, withStorage } from '../studies.js';
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

async function report(number: number, metrics: readonly string[], options: Options): Promise<void> {
  const parsed = metrics.map(parseMetric);
  await withStorage(options.storage, 'write', async (storage) => {
    const study = await openStudy(storage, await findStudy(storage, options));
    const { trial } = await mustBeAsked(study, number);
    const step = options.step ?? null;
    const objectives = study.spec.objectives.map(({ metric }) => metric);
    const points = parsed.map(({ name, value }) => ({
      name,
      step,
      value,
      objective: name === objectives[0] && step !== null,
    }));
    if (!(await study.report(trial.id, null, points))) throw notYours(number);
    const decision = await decide(
      study,
      number,
      step !== null && parsed.some(({ name }) => objectives.includes(name)),
    );
    if (options.json) return printJson({ study: study.name, trial: number, ...decision });
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

/** The study of a trial that somebody asked for. */
type AskedStudy = StudyRows<StudyReader> & {
  readonly name: string;
  findUnfinished(number: number): Promise<UnfinishedTrial | null>;
};

/** @throws HpoError when the trial is finished, missing, or run by hpo itself (usage errors). */
export async function mustBeAsked(study: AskedStudy, number: number): Promise<UnfinishedTrial> {
  const found = await study.findUnfinished(number);
  if (!found) {
    const row = await readTrialRow(study.storage, study.id, number);
    if (!row) throw noSuchTrial(study.name, number);
    throw usageError('trial.finished', `expected a running trial, but trial ${number} is ${row.state}`, {
      fix: 'ask for another one: hpo ask',
    });
  }
  if (found.attempt) throw notYours(number);
  return found;
}

function notYours(number: number) {
  return usageError(
    'trial.not-yours',
    `trial ${number} is managed by hpo optimize; hpo report is for trials of hpo ask`,
    { fix: 'print METRIC lines in its trainer' },
  );
}
