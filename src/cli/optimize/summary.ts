import { relative, resolve } from 'node:path';
import type { RunSettings } from '../../config/run-settings.js';
import type { StudySpec } from '../../core/spec.js';
import type { SpentOf } from '../../core/spending.js';
import { numberText, paramsText } from '../../loggers/event-messages.js';
import { UNKNOWN } from '../../results/distinction.js';
import { kneeIn } from '../../results/front-knee.js';
import {
  noneFeasible,
  type RankedConfiguration,
  type ResultsModel,
  type StateCounts,
} from '../../results/results-model.js';
import type { ResultsStudy } from '../../results/results-study.js';
import { digestOf } from '../../results/study-digest.js';
import type { SweepEnd } from '../../study/events.js';
import { failureLines, savingsText, searchText } from '../digest-text.js';
import { commandOn } from '../invocation.js';
import { jsonDocument } from '../output.js';
import { distinguishedJson, frontJson } from '../result-json.js';
import { spentText } from './spending.js';
import { gainText, type SweepTally } from './sweep-tally.js';

/** The study whose sweep has ended. */
type SummarizedStudy = ResultsStudy & {
  readonly name: string;
  readonly spec: StudySpec;
};

/** Configurations that are compared with the best one, as `hpo best` does. */
const TOP = 5;

/** `csv`: the table's file; null when it could not be written. */
type Around = {
  readonly end: SweepEnd;
  readonly csv: string | null;
  /** What is spent of each limit; empty without a budget. */
  readonly spent: readonly SpentOf[];
  /** The folder of the study's outputs. */
  readonly studyDir: string;
  readonly json: boolean;
  readonly tally: Pick<SweepTally, 'started' | 'detail' | 'gain'>;
  /** How further commands find the study. */
  readonly place: { readonly named: boolean; readonly storage: string };
  /** Trials that the study was to have in the end; null: nobody knows. */
  readonly total: number | null;
  readonly rules: Pick<RunSettings, 'trials' | 'maxConsecutiveFailures'>;
};

const ENDS: Readonly<Record<SweepEnd, string>> = {
  exhausted: 'is finished',
  budget: 'has reached its budget',
  converged: 'has nothing left to gain beyond the noise',
  patience: 'has found nothing better for a while',
  epochs: 'has spent its budget of epochs',
  spent: 'has spent its budget',
  timeout: 'stopped: the time is up',
  target: 'has reached its target',
  failures: 'stopped early: the first trials all failed',
  'max-failures': 'stopped early: as many trials as max_failures allows have failed; SAME resumes it',
  'max-consecutive-failures':
    'stopped early: MANY configurations in a row have failed; SAME resumes it, --max-consecutive-failures N allows more',
  interrupted: 'was interrupted; SAME resumes it',
};

/** Ends whose detail says more than their words. */
const EXPLAINED: readonly SweepEnd[] = ['converged', 'patience'];

const BURNT: readonly SweepEnd[] = ['failures', 'max-failures', 'max-consecutive-failures'];

/** The last words of a sweep: how it ended, the best configuration or the Pareto front, and where the table lies. */
export function summarize(
  study: SummarizedStudy,
  results: ResultsModel,
  around: Around,
): { text: string; failed: boolean } {
  const { end, tally } = around;
  const counts = results.counts();
  const failed =
    BURNT.includes(end) ||
    (end !== 'interrupted' && counts.complete + counts.pruned === 0 && counts.fail > 0);
  const found = whatIsBest(study, results, around);
  const digest = digestOf(results.table, study.spec);
  const { savings, failures, infeasible } = digest;
  const commands = furtherCommands(study, results, around);
  if (around.json) {
    const { sampler, pruner } = study.spec;
    const searched = { sampler: sampler.name, pruner: pruner.name, infeasible, savings, failures };
    const budget = around.spent.length === 0 ? {} : { budget: around.spent };
    const { started, detail } = tally;
    const gain = tally.gain && { expectedGain: tally.gain };
    const ended = { study: study.name, end, detail, started, counts, ...gain };
    const data = {
      ...ended,
      ...budget,
      ...found.json,
      ...searched,
      csv: around.csv,
      outputs: resolve(around.studyDir),
      commands,
    };
    return { text: jsonDocument('optimize', data), failed };
  }
  const states = Object.entries(counts).filter(([, count]) => count > 0);
  const lines = [
    '',
    `study ${study.name} ${endText(around, counts)}: ${states.map(([state, count]) => `${count} ${state}`).join(', ') || 'no trials'}${tally.started === 0 ? noneStarted(end) : ''}`,
    ...(EXPLAINED.includes(end) && tally.detail !== '' ? [`why: ${tally.detail}`] : []),
    ...(tally.gain && end !== 'converged' ? [gainText(tally.gain)] : []),
    ...found.lines,
    ...(infeasible > 0 ? [`${infeasible} of the complete trials infeasible`] : []),
    searchText(study.spec),
    ...(around.spent.length === 0 ? [] : [spentText(around.spent)]),
    ...[savingsText(savings) ?? []].flat(),
    ...failureLines(digest),
    ...(counts.fail > 0
      ? [
          `failed trials: ${commandAt(['trials', '--state', 'fail'], study, around)} shows why, their logs in ${relative(process.cwd(), around.studyDir)} more; --retry-failed runs them again`,
        ]
      : []),
    around.csv === null
      ? `table: could not be written; ${commandAt(['export-csv', '--out', 'FILE'], study, around)} writes it elsewhere`
      : `table: ${relative(process.cwd(), around.csv) || around.csv}`,
    'look further:',
    ...commands.map((command) => `  ${command}`),
    ...(end === 'budget' ? ['more trials: the same command with --trials +20'] : []),
  ];
  return { text: lines.join('\n'), failed };
}

/** The commands that show more of the study. */
function furtherCommands(
  study: SummarizedStudy,
  results: ResultsModel,
  { place }: Pick<Around, 'place'>,
): string[] {
  const [best] = study.spec.objectives.length > 1 ? results.front() : results.best(1);
  const trial = best?.trials[0];
  return [
    ...(trial === undefined ? [] : [['best'], ['show', String(trial)], ['importance'], ['plot', 'history']]),
    ['dashboard'],
  ].map((words) => commandAt(words, study, { place }));
}

/** A command on the study. */
function commandAt(
  words: readonly string[],
  { name }: SummarizedStudy,
  { place }: Pick<Around, 'place'>,
): string {
  return commandOn(words, { study: name, ...place });
}

/** Nothing left to start here is not the end, as long as another hpo runs trials of the study. */
function endText({ end, total, rules }: Around, counts: StateCounts): string {
  const others = counts.running + counts.queued;
  if ((end !== 'exhausted' && end !== 'budget') || others === 0) {
    // `--trials +20` would be 20 more again.
    const same = `the same command${rules.trials?.more ? ` with --trials ${total}` : ''}`;
    return ENDS[end].replace('SAME', same).replace('MANY', String(rules.maxConsecutiveFailures));
  }
  return 'has nothing left to start here, but another program runs trials of it';
}

/** A call that was ended while it waited for a slot may leave trials to run. */
function noneStarted(end: SweepEnd): string {
  return end === 'interrupted' || end === 'timeout'
    ? ' (no trial was started)'
    : ' (nothing was left to run)';
}

type Found = {
  readonly json: Readonly<Record<string, unknown>>;
  readonly lines: readonly string[];
};

function whatIsBest(study: SummarizedStudy, results: ResultsModel, around: Around): Found {
  if (study.spec.objectives.length > 1) {
    const front = results.front();
    const knee = kneeIn(front, study.spec.objectives);
    return {
      json: { front: front.map((each) => frontJson(each, each === knee)) },
      lines: describeFront(study, { results, front }, around),
    };
  }
  const compared = results.best(TOP);
  const [first] = compared;
  // The feasible ones come first.
  const best = first?.feasible ? first : null;
  const lines = first ? [noneFeasible(study.spec.metricConstraints)] : [];
  return {
    json: { best: best && distinguishedJson(best, results.distinctions(compared)[0] ?? UNKNOWN) },
    lines: best ? describeBest(study, best) : lines,
  };
}

/** The size of the front, and its ends. */
function describeFront(
  study: SummarizedStudy,
  { results, front }: { readonly results: ResultsModel; readonly front: readonly RankedConfiguration[] },
  around: Around,
): string[] {
  if (front.length === 0) return [];
  const ends = study.spec.objectives.flatMap(({ metric }, k) => {
    const best = results.bestIn(front, k);
    if (!best) return [];
    const spread = best.std
      ? ` +- ${deviationText(best.std[k] as number)} over ${best.trialCount} trials`
      : '';
    return [
      `best ${metric} ${numberText(best.values[k] as number)}${spread} (${trialsText(best.trials)}): ${paramsText(best.params)}`,
    ];
  });
  const size = `${front.length} configuration${front.length === 1 ? '' : 's'}`;
  return [`Pareto front of ${size}; ${commandAt(['best'], study, around)} shows it`, ...ends];
}

function trialsText(trials: readonly number[]): string {
  return trials.length > 1 ? `trials ${trials.join(', ')}` : `trial ${trials[0]}`;
}

function describeBest(study: SummarizedStudy, best: RankedConfiguration): string[] {
  const [objective] = study.spec.objectives;
  const spread =
    best.trialCount > 1 ? ` +- ${deviationText(best.std?.[0] ?? 0)} over ${best.trialCount} trials` : '';
  const which = best.trialCount > 1 ? `trials ${best.trials.join(', ')}` : `trial ${best.trials[0]}`;
  return [
    `best ${objective?.metric} ${numberText(best.values[0] as number)}${spread} (${which}): ${paramsText(best.params)}`,
  ];
}

/** A deviation is known to two digits at best. */
function deviationText(deviation: number): string {
  return numberText(Number(deviation.toPrecision(2)));
}
