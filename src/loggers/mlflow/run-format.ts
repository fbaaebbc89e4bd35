import { randomBytes } from 'node:crypto';
import { paramText } from '../../core/param-text.js';
import type { StudySpec } from '../../core/spec.js';
import type { SweepEnd } from '../../study/events.js';
import type { Result } from '../best-so-far.js';
import type { RunHead } from '../runs/journal.js';
import { type Outcome, type RunFormat, runId, type StudyIdentity } from '../runs/run-format.js';
import { MetricRows } from './rows.js';

export type Pair = readonly [key: string, value: string];

/** What MLflow receives when a run begins; the first line of its journal. Names and values are as hpo has them. */
export type MlflowHead = RunHead & {
  readonly experiment: string;
  /** The same for all runs of one trial. */
  readonly key: string;
  /** Whether the newest run of the trial, which was paused, continues; `end`: only its end follows, without points. */
  readonly continues: boolean | 'end';
  /** Id of the head of the sweep's run; null: this is that run. */
  readonly parent: string | null;
  readonly params: readonly Pair[];
  readonly tags: readonly Pair[];
};

export type Status = 'FINISHED' | 'FAILED' | 'KILLED';

/** How a run ended; the last line of its journal. */
export type MlflowEnd = { readonly status: Status; readonly atMs: number; readonly tags: readonly Pair[] };

export type MlflowStudy = StudyIdentity & {
  readonly experiment: string;
  /** Null when unknown. */
  readonly seed: number | null;
  readonly spec: Pick<StudySpec, 'objectives' | 'repeats' | 'sampler' | 'scheduler' | 'pruner'>;
  /** Who runs hpo; null when unknown. */
  readonly user: string | null;
};

/** As MLflow's own storage for Optuna has them. */
const STATUS: Readonly<Record<Outcome['state'], Status>> = {
  complete: 'FINISHED',
  paused: 'FINISHED',
  pruned: 'KILLED',
  queued: 'KILLED',
  unknown: 'KILLED',
  fail: 'FAILED',
};

type EndedSweep = {
  readonly end: SweepEnd | null;
  readonly detail: string;
  /** The best by the first objective so far; null: none. */
  readonly best: Result | null;
};

const FAILURES: readonly SweepEnd[] = ['failures', 'max-failures', 'max-consecutive-failures'];

/** Numbers of attempts, in journals: of the run of a sweep, and of a trial that ends while it is paused. */
const SWEEP = 0;
const PAUSED = 1_000_000;

/** Returns whether an id is one of a run of this study. */
export function isOfStudy(study: StudyIdentity, id: string, trial: number, attempt: number): boolean {
  return attempt === SWEEP ? id.startsWith(prefixOf(study)) : id === runId(study, trial, attempt);
}

function prefixOf(study: StudyIdentity): string {
  return runId(study, 0, SWEEP).slice(0, 8);
}

/** Returns the head of the run of one sweep. */
export function sweepHead(study: MlflowStudy, nowMs: number): MlflowHead {
  const { name, experiment, spec } = study;
  const objectives = spec.objectives.map(({ metric, direction }) => `${direction} ${metric}`);
  return {
    id: prefixOf(study) + randomBytes(4).toString('hex'),
    trial: 0,
    attempt: SWEEP,
    displayName: name,
    startedAtMs: nowMs,
    experiment,
    key: '',
    continues: false,
    parent: null,
    params: [],
    tags: [
      ...common(study),
      ['hpo.objective', objectives.join(', ')],
      ['hpo.scheduler', spec.scheduler.name],
      ['hpo.pruner', spec.pruner.name],
      ...(study.seed === null ? [] : [['hpo.seed', String(study.seed)] as const]),
    ],
  };
}

/** Returns the end of the run of one sweep; `end` null: nobody knows how it ended. */
export function sweepEnd({ end, detail, best }: EndedSweep, nowMs: number): MlflowEnd {
  const status =
    end === null || end === 'interrupted' ? 'KILLED' : FAILURES.includes(end) ? 'FAILED' : 'FINISHED';
  const tags: Pair[] = [['hpo.end', end ?? 'unknown']];
  if (detail !== '') tags.push(['hpo.detail', detail]);
  const trial = best?.trials[0]?.number;
  if (trial !== undefined) tags.push(['hpo.best_trial', String(trial)]);
  if (best?.values) tags.push(['hpo.best_value', best.values.map(String).join(', ')]);
  return { status, atMs: nowMs, tags };
}

/** Returns what MLflow receives of the runs of a study. `parent`: returns the id of the sweep's run. */
export function makeMlflowFormat(
  study: MlflowStudy,
  parent: () => string,
): RunFormat<MlflowHead, MlflowEnd, MetricRows> {
  return {
    service: 'MLflow',
    idOf: (trial, attempt) => runId(study, trial, attempt),
    head({ trial, attempt, configuration, repeat, seed, device, params }, startedAtMs, continues) {
      const own = { trial, attempt, configuration, repeat, seed, device };
      return {
        id: runId(study, trial, attempt),
        trial,
        attempt,
        displayName: `${study.name}-${trial}${attempt > 1 ? `.${attempt}` : ''}`,
        startedAtMs,
        experiment: study.experiment,
        key: keyOf(study, trial),
        continues,
        parent: parent(),
        params: Object.entries(params).map(([name, value]) => [name, paramText(value)]),
        tags: [
          ...common(study),
          ...Object.entries(own).map(([name, value]) => [`hpo.${name}`, String(value)] as const),
        ],
      };
    },
    rows: (journal) => new MetricRows(journal.rows > 0 ? journal.readRows() : []),
    end: (outcome, _, { nowMs }) => trialEnd(outcome, nowMs),
  };
}

/** Returns the end of the run of a trial. */
export function trialEnd({ state, values, feasible, reason }: Outcome, nowMs: number): MlflowEnd {
  return {
    status: STATUS[state],
    atMs: nowMs,
    tags: [
      ['hpo.state', state.toUpperCase()],
      ...(values === null ? [] : [['hpo.value', values.map(String).join(', ')] as const]),
      ...(feasible === null ? [] : [['hpo.feasible', String(feasible)] as const]),
      ...(reason === null ? [] : [['hpo.reason', reason] as const]),
    ],
  };
}

/** Returns the head that carries only the end of a trial that was paused. */
export function pausedHead(study: MlflowStudy, trial: number, nowMs: number): MlflowHead {
  return {
    id: runId(study, trial, PAUSED),
    trial,
    attempt: PAUSED,
    displayName: `${study.name}-${trial}`,
    startedAtMs: nowMs,
    experiment: study.experiment,
    key: keyOf(study, trial),
    continues: 'end',
    parent: null,
    params: [],
    tags: [],
  };
}

function keyOf(study: StudyIdentity, trial: number): string {
  return runId(study, trial, SWEEP);
}

function common({ name, spec, user }: MlflowStudy): Pair[] {
  return [
    ['hpo.study', name],
    ['hpo.sampler', spec.sampler.name],
    ['mlflow.source.name', 'hpo'],
    ['mlflow.source.type', 'LOCAL'],
    ...(user === null ? [] : [['mlflow.user', user] as const]),
  ];
}
