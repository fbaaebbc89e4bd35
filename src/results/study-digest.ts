import { type Savings, type SavingsTrial, savingsOf } from './savings.js';
import type { TrialTable } from './trial-table.js';

/** Why trials failed, as the first of them says it. */
export type FailureReason = { readonly reason: string; readonly trials: number; readonly first: number };

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
/** In `TrialTable.feasibility`. */
const BREAKS_A_LIMIT = 2;

/** Returns the digest of the trials of a table. `pruner`: the name of the study's pruner. */
export function digestOf(table: TrialTable, pruner: string): StudyDigest {
  const failures = new Map<string, { reason: string; trials: number; first: number }>();
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
    if (known) known.trials++;
    else failures.set(kind, { reason: line, trials: 1, first: trial });
  }
  return {
    savings: savingsIn(table, pruner),
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

/** Returns what pruning saved among the trials of a table. `pruner`: the name of the study's pruner. */
export function savingsIn(table: TrialTable, pruner: string): Savings {
  return savingsOf(trialsIn(table, pruner));
}

function* trialsIn(table: TrialTable, pruner: string): Iterable<SavingsTrial> {
  for (let trial = 0; trial < table.length; trial++) {
    const state = table.stateOf(trial);
    if (state === null) continue;
    const durationMs = table.finishedAtMs.get(trial) - table.startedAtMs.get(trial);
    yield {
      state,
      stepCount: table.epochs.get(trial),
      durationMs: Number.isNaN(durationMs) ? null : Math.max(0, durationMs),
      stoppedBy: state === 'pruned' ? stoppedBy(table.causes.get(trial), pruner) : null,
    };
  }
}

/** Null for a trial that another program pruned. */
function stoppedBy(cause: string | null, pruner: string): string | null {
  if (cause === 'stopped') return HPO_STOP;
  if (cause === null) return null;
  // Without a pruner only the trial itself can have ended early.
  return pruner === 'none' ? 'the trial itself' : pruner;
}
