import { relative } from 'node:path';
import type { TrialState } from '../../core/trial.js';
import { numberText, paramsText } from '../../loggers/event-messages.js';
import type { SweepEnd } from '../../study/events.js';
import { bestOf, type ParetoPoint, paretoFront } from '../../study/pareto-front.js';
import { noneFeasible, type Ranked, rankConfigurations } from '../../study/ranking.js';
import type { Study } from '../../study/study.js';
import { toJson } from '../output.js';
import { resultJson } from '../result-json.js';

/** `csv`: the table's file; null when it could not be written. */
type Around = {
  readonly csv: string | null;
  /** The folder of the study's outputs. */
  readonly studyDir: string;
  readonly json: boolean;
  readonly started: number;
};

type Counts = Record<TrialState | 'queued', number>;

const ENDS: Readonly<Record<SweepEnd, string>> = {
  exhausted: 'is finished',
  budget: 'has reached its budget',
  converged: 'has nothing left to gain beyond the noise',
  epochs: 'has spent its budget of epochs',
  timeout: 'stopped: the time is up',
  target: 'has reached its target',
  failures: 'stopped early: the first trials all failed',
  'max-failures':
    'stopped early: as many trials as max_failures allows have failed; the same command goes on with it',
  'max-consecutive-failures':
    'stopped early: as many trials in a row as max_consecutive_failures allows have failed; the same command goes on with it',
  interrupted: 'was interrupted; the same command goes on with it',
};

const BURNT: readonly SweepEnd[] = ['failures', 'max-failures', 'max-consecutive-failures'];

/** The last words of a sweep: how it ended, the best configuration or the Pareto front, and where the table lies. */
export async function summarize(
  study: Study,
  end: SweepEnd,
  around: Around,
): Promise<{ text: string; failed: boolean }> {
  const counts = await countStates(study);
  const failed =
    BURNT.includes(end) ||
    (end !== 'interrupted' && counts.complete + counts.pruned === 0 && counts.fail > 0);
  const found = await whatIsBest(study);
  if (around.json) {
    const data = { study: study.name, end, started: around.started, counts, ...found.json, csv: around.csv };
    return { text: toJson(data), failed };
  }
  const states = Object.entries(counts).filter(([, count]) => count > 0);
  const lines = [
    '',
    `study ${study.name} ${endText(end, counts)}: ${states.map(([state, count]) => `${count} ${state}`).join(', ') || 'no trials'}${around.started === 0 ? noneStarted(end) : ''}`,
    ...found.lines,
    ...(counts.fail > 0
      ? [
          `failed trials: hpo trials --state fail shows why, their logs in ${relative(process.cwd(), around.studyDir)} more; --retry-failed runs them again`,
        ]
      : []),
    around.csv === null
      ? 'table: could not be written; hpo export-csv --out FILE writes it elsewhere'
      : `table: ${relative(process.cwd(), around.csv) || around.csv}`,
  ];
  return { text: lines.join('\n'), failed };
}

/** Nothing left to start here is not the end, as long as another hpo runs trials of the study. */
function endText(end: SweepEnd, counts: Counts): string {
  const others = counts.running + counts.queued;
  if ((end !== 'exhausted' && end !== 'budget') || others === 0) return ENDS[end];
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

async function whatIsBest(study: Study): Promise<Found> {
  if (study.spec.objectives.length > 1) {
    const front = await paretoFront(study);
    return { json: { front: front.map(resultJson) }, lines: describeFront(study, front) };
  }
  const ranked = await rankConfigurations(study);
  const best = ranked.find(({ feasible }) => feasible) ?? null;
  const lines = ranked.length > 0 ? [noneFeasible(study.spec.outcomes)] : [];
  return { json: { best: best && resultJson(best) }, lines: best ? describeBest(study, best) : lines };
}

/** The size of the front, and its ends. */
function describeFront(study: Study, front: readonly ParetoPoint[]): string[] {
  if (front.length === 0) return [];
  const ends = study.spec.objectives.flatMap(({ metric }, k) => {
    const best = bestOf(front, study, k);
    if (!best) return [];
    const spread = best.std ? ` +- ${numberText(best.std[k] as number)} over ${best.trialCount} trials` : '';
    return [
      `best ${metric} ${numberText(best.values[k] as number)}${spread} (${trialsText(best.trials)}): ${paramsText(best.params)}`,
    ];
  });
  const size = `${front.length} configuration${front.length === 1 ? '' : 's'}`;
  return [`Pareto front of ${size}; hpo best --study ${study.name} shows it`, ...ends];
}

function trialsText(trials: readonly number[]): string {
  return trials.length > 1 ? `trials ${trials.join(', ')}` : `trial ${trials[0]}`;
}

function describeBest(study: Study, best: Ranked): string[] {
  const [objective] = study.spec.objectives;
  const spread = best.trialCount > 1 ? ` +- ${numberText(best.std ?? 0)} over ${best.trialCount} trials` : '';
  const which = best.trialCount > 1 ? `trials ${best.trials.join(', ')}` : `trial ${best.trials[0]}`;
  return [
    `best ${objective?.metric} ${numberText(best.value)}${spread} (${which}): ${paramsText(best.params)}`,
  ];
}

/** Trials by state; those between two attempts are queued and not running. */
async function countStates(study: Study): Promise<Counts> {
  const counts = { complete: 0, pruned: 0, fail: 0, running: 0, waiting: 0, queued: 0 };
  const { configs } = await study.view();
  for (const config of configs) for (const trial of config.trials) counts[trial.state]++;
  counts.waiting = (await study.storage.waiting(study.id)).length;
  for (const { trial, attempt } of await study.storage.unfinished(study.id)) {
    if (trial.state !== 'running' || !attempt || attempt.finishedAtMs === null) continue;
    counts.queued++;
    counts.running--;
  }
  return counts;
}
