import type { AttemptCause } from '../core/attempt-cause.js';
import { isFeasible } from '../core/metric-constraints.js';
import { type Savings, type SavingsTrial, savingsOf } from './savings.js';
import type { TrialRow } from './trial-table.js';

/** A trial as a digest needs it. Storage's rows satisfy it. */
export type DigestRow = Pick<
  TrialRow,
  'number' | 'state' | 'epochs' | 'startedAtMs' | 'finishedAtMs' | 'reason'
> & {
  /** What ended its newest attempt; null when unknown. */
  readonly cause: AttemptCause | null;
  /** Violation of each metric constraint; empty where unknown. */
  readonly violations: readonly number[];
};

/** Why trials failed, with the first trial of which it is true. */
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

/** Gathers the digest of a study, page by page. `pruner`: the name of its pruner. */
export class DigestBuilder {
  readonly #pruner: string;
  readonly #trials: SavingsTrial[] = [];
  readonly #failures = new Map<string, { trials: number; first: number }>();
  #failed = 0;
  #infeasible = 0;
  #lastActivityAtMs = Number.NEGATIVE_INFINITY;

  constructor(pruner: string) {
    this.#pruner = pruner;
  }

  add(rows: readonly DigestRow[]): void {
    for (const row of rows) {
      this.#trials.push({
        state: row.state,
        stepCount: row.epochs,
        durationMs: durationOf(row),
        stoppedBy: this.#causeOf(row),
      });
      this.#lastActivityAtMs = Math.max(
        this.#lastActivityAtMs,
        row.startedAtMs ?? Number.NEGATIVE_INFINITY,
        row.finishedAtMs ?? Number.NEGATIVE_INFINITY,
      );
      if (row.state === 'complete' && !isFeasible(row.violations)) this.#infeasible++;
      if (row.state === 'fail') this.#addFailure(row);
    }
  }

  digest(): StudyDigest {
    return {
      savings: savingsOf(this.#trials),
      failed: this.#failed,
      infeasible: this.#infeasible,
      failures: [...this.#failures]
        .map(([reason, { trials, first }]) => ({ reason, trials, first }))
        .sort((a, b) => b.trials - a.trials || a.first - b.first),
      lastActivityAtMs: Number.isFinite(this.#lastActivityAtMs) ? this.#lastActivityAtMs : null,
    };
  }

  #addFailure({ number, reason }: DigestRow): void {
    this.#failed++;
    const [line = ''] = (reason ?? 'no reason is stored').split('\n', 1);
    const known = this.#failures.get(line);
    if (known) known.trials++;
    else this.#failures.set(line, { trials: 1, first: number });
  }

  /** Null for a trial that another program pruned. */
  #causeOf({ state, cause }: DigestRow): string | null {
    if (state !== 'pruned') return null;
    if (cause === 'stopped') return HPO_STOP;
    if (cause === null) return null;
    // Without a pruner only the trial itself can have ended early.
    return this.#pruner === 'none' ? 'the trial itself' : this.#pruner;
  }
}

function durationOf({ startedAtMs, finishedAtMs }: DigestRow): number | null {
  return startedAtMs === null || finishedAtMs === null ? null : Math.max(0, finishedAtMs - startedAtMs);
}

const ROWS_PER_READ = 1000;

/** Reads the digest of a study. `pruner`: the name of its pruner. */
export async function readDigest(
  reader: { rows(studyId: number, fromNumber: number, limit: number): Promise<readonly DigestRow[]> },
  studyId: number,
  pruner: string,
): Promise<StudyDigest> {
  const builder = new DigestBuilder(pruner);
  for (let from = 0; ; ) {
    const rows = await reader.rows(studyId, from, ROWS_PER_READ);
    builder.add(rows);
    const last = rows.at(-1);
    if (!last || rows.length < ROWS_PER_READ) return builder.digest();
    from = last.number + 1;
  }
}
