import { type Command, Option } from 'commander';
import { usageError } from '../../core/errors.js';
import { violationOf } from '../../core/metric-constraints.js';
import { faultOf, isResult } from '../../core/objective-value.js';
import type { StudySpec } from '../../core/spec.js';
import type { FinishedState } from '../../core/trial.js';
import type { StudyReader, TrialRecord } from '../../storage/storage.js';
import { readTrialRow } from '../../storage/trial-row.js';
import { openStudy } from '../../study/open-study.js';
import type { StudyRows } from '../../study/study-context.js';
import { print, printJson } from '../output.js';
import { parseCount, parseMetricNumber } from '../parse.js';
import { findStudy, type StudyOptions, withStorage } from '../studies.js';
import { mustBeAsked } from './report.js';
import { examples, jsonOption, studyOptions } from './shared.js';

type Options = StudyOptions & {
  readonly state: FinishedState;
  readonly reason?: string;
  readonly json?: boolean;
};

/** The study of the trial that ends. */
type Ended = { readonly spec: Pick<StudySpec, 'objectives' | 'metricConstraints'> };

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
    const { trial } = await mustBeAsked(study, number);
    const fault = options.state === 'fail' ? null : infinitelyGood(study, given);
    const state = fault === null ? options.state : 'fail';
    const values = valuesOf(study, trial, given, state);
    const ending = {
      state,
      values,
      violations: await violationsOf(study, number, state),
      exitCode: null,
      reason: options.reason ?? fault,
      finishedAtMs: Date.now(),
    };
    const told = await study.tell(trial.id, null, ending);
    if (!told)
      throw usageError(
        'trial.finished',
        `expected a running trial, but trial ${number} was finished meanwhile`,
        { fix: 'see hpo trials' },
      );
    if (options.json) return printJson({ study: study.name, trial: number, state, values });
    print(
      `trial ${number} is ${state}${values ? ` with ${values.join(', ')}` : ''}${fault ? `: ${fault}` : ''}`,
    );
  });
}

/** Returns why a trial with these values fails; null when none of them is infinitely good. */
function infinitelyGood({ spec }: Ended, given: readonly number[]): string | null {
  const faults = spec.objectives.map((objective, k) => {
    const value = given[k];
    return value === undefined || Number.isNaN(value) ? null : faultOf(value, objective);
  });
  return faults.find((fault) => fault !== null) ?? null;
}

/** Returns the violation of each metric constraint by the last reported values. */
async function violationsOf(
  study: Ended & StudyRows<StudyReader>,
  number: number,
  state: FinishedState,
): Promise<number[]> {
  const { metricConstraints } = study.spec;
  if (metricConstraints.length === 0 || state === 'fail') return [];
  const metrics = (await readTrialRow(study.storage, study.id, number))?.metrics ?? {};
  const missing = metricConstraints.find(({ metric }) => Number.isNaN(metrics[metric] ?? Number.NaN));
  if (!missing) return metricConstraints.map((each) => violationOf(each, metrics[each.metric] as number));
  if (state === 'pruned') return [];
  throw usageError('tell.no-metric', `expected a value of ${missing.metric}, which has a limit, got none`, {
    fix: `hpo report ${number} ${missing.metric}=VALUE first, or --state fail`,
  });
}

/** A complete trial needs a number for each objective. A pruned one keeps its values, else the value of its last step. */
function valuesOf(
  study: Ended,
  trial: TrialRecord,
  given: readonly number[],
  state: FinishedState,
): readonly number[] | null {
  if (state === 'fail') return null;
  const metrics = study.spec.objectives.map(({ metric }) => metric);
  const numbers = given.filter((value) => !Number.isNaN(value));
  if (numbers.length === metrics.length && given.length === numbers.length) return given;
  if (state === 'pruned' && numbers.length === 0) {
    // Steps are of the first objective: with several they are no whole result.
    const direction = study.spec.objectives[0]?.direction ?? 'minimize';
    const last = [...trial.steps.values()].findLast((step) => isResult(step, direction));
    return last === undefined || metrics.length > 1 ? null : [last];
  }
  const several = metrics.length > 1 ? `${metrics.length} values (${metrics.join(', ')})` : 'a value';
  throw usageError(
    'tell.no-value',
    `expected ${several} for a ${state} trial, got ${given.length === 0 ? 'none' : given.join(' ').toLowerCase()}`,
    {
      fix: `hpo tell ${trial.number} ${metrics.map((_, k) => (metrics.length > 1 ? `VALUE${k + 1}` : 'VALUE')).join(' ')}, or --state fail`,
    },
  );
}
