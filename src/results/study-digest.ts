import type { StudySpec } from '../core/spec.js';
import { inheritedSteps } from './lineage.js';
import { type Savings, type SavingsTrial, savingsOf } from './savings.js';
import type { TrialTable } from './trial-table.js';

/** Why trials failed, as the first of them says it. `numbers`: the first trials of them. */
export type FailureReason = {
  readonly reason: string;
  readonly trials: number;
  readonly first: number;
  readonly numbers: readonly number[];
};

/** Numbers of trials that are named for one reason. */
const MOST_NUMBERS = 20;

/** What the end of a sweep and `hpo summary` say about all trials of a study. */
export type StudyDigest = {
  readonly savings: Savings;
  readonly failed: number;
  /** Complete trials that break a metric constraint. */
  readonly infeasible: number;
  /** The most frequent first. */
  readonly failures: readonly FailureReason[];
  /** The last start or end of a trial; null without any. */
  readonly lastActivityAtMs: number | null;
};

/** The name of `hpo stop` among the causes of pruning. */
export const HPO_STOP = 'hpo stop';
/** How the reason of a paused trial begins that `hpo stop` ended. */
export const STOPPED_WHILE_PAUSED = 'stopped by hpo stop while paused';
/** In `TrialTable.feasibility`. */
const BREAKS_A_LIMIT = 2;

/** What decides how far the trials of a study are trained. */
export type Stopping = Pick<StudySpec, 'pruner' | 'scheduler' | 'maxSteps'>;

/** Returns the digest of the trials of a table. */
export function digestOf(table: TrialTable, spec: Stopping): StudyDigest {
  const failures = new Map<string, { reason: string; trials: number; first: number; numbers: number[] }>();
  let failed = 0;
  let infeasible = 0;
  let lastActivityAtMs = Number.NEGATIVE_INFINITY;
  for (let trial = 0; trial < table.length; trial++) {
    const state = table.stateOf(trial);
    for (const atMs of [table.startedAtMs.get(trial), table.finishedAtMs.get(trial)])
      if (atMs > lastActivityAtMs) lastActivityAtMs = atMs;
    if (state === 'complete' && table.feasibility.get(trial) === BREAKS_A_LIMIT) infeasible++;
    if (state !== 'fail') continue;
    failed++;
    const [line = ''] = (table.reasons.get(trial) ?? 'no reason is stored').split('\n', 1);
    const kind = kindOf(line);
    const known = failures.get(kind);
    if (known) {
      known.trials++;
      if (known.trials <= MOST_NUMBERS) known.numbers.push(trial);
    } else failures.set(kind, { reason: line, trials: 1, first: trial, numbers: [trial] });
  }
  return {
    savings: savingsIn(table, spec),
    failed,
    infeasible,
    failures: [...failures.values()].sort((a, b) => b.trials - a.trials || a.first - b.first),
    lastActivityAtMs: Number.isFinite(lastActivityAtMs) ? lastActivityAtMs : null,
  };
}

/** Errors that differ in numbers alone are one kind (`exit code 1: RuntimeError: loss is nan in step 17`). */
function kindOf(reason: string): string {
  const end = reason.indexOf(': ');
  return end === -1 ? reason : reason.slice(0, end) + reason.slice(end).replaceAll(/\d+/g, '#');
}

/** Returns what pruning saved among the trials of a table. */
export function savingsIn(table: TrialTable, { pruner, scheduler, maxSteps }: Stopping): Savings {
  const name = scheduler.name === 'none' ? pruner.name : scheduler.name;
  return savingsOf(trialsIn(table, name), { scheduler: name, maxSteps });
}

function* trialsIn(table: TrialTable, scheduler: string): Iterable<SavingsTrial> {
  for (let trial = 0; trial < table.length; trial++) {
    const state = table.stateOf(trial);
    if (state === null) continue;
    const isPaused = !Number.isNaN(table.pausedAt.get(trial));
    const isKnown = isPaused || !Number.isNaN(table.finishedAtMs.get(trial) - table.startedAtMs.get(trial));
    yield {
      state: isPaused ? 'paused' : state,
      stepCount: table.epochs.get(trial),
      inheritedSteps: inheritedSteps(table, trial),
      durationMs: isKnown ? table.ranMs.get(trial) : null,
      spentMs: table.spentMs.get(trial),
      stoppedBy: state === 'pruned' ? stoppedBy(table, trial, scheduler) : null,
    };
  }
}

/** Null for a trial that another program pruned. */
function stoppedBy({ causes, reasons }: TrialTable, trial: number, scheduler: string): string | null {
  const cause = causes.get(trial);
  // The attempt of a trial that was stopped while it was paused had ended before.
  if (cause === 'stopped' || reasons.get(trial)?.startsWith(STOPPED_WHILE_PAUSED)) return HPO_STOP;
  if (cause === null) return null;
  // Without a scheduler only the trial itself can have ended early.
  return scheduler === 'none' ? 'the trial itself' : scheduler;
}
