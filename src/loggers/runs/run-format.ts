import { createHash } from 'node:crypto';
import type { FinishedState } from '../../core/trial.js';
import type { MetricPoint } from '../../executors/executor.js';
import type { SweepEvent } from '../../study/events.js';
import type { Journal, JournalRow, RunHead } from './journal.js';

/** How an attempt ended: its trial finished or is paused, hpo will retry it (`queued`), or the end is unknown. */
export type Outcome = {
  readonly state: FinishedState | 'queued' | 'paused' | 'unknown';
  readonly values: readonly number[] | null;
  /** Null: unknown. */
  readonly feasible: boolean | null;
  readonly reason: string | null;
};

export type Started = Extract<SweepEvent, { readonly type: 'trial-started' }>;

/** Turns the points of one attempt into the rows of its run. */
export type RowMaker = {
  /** Takes points in order. Returns the rows that they close. */
  note(points: readonly MetricPoint[], atMs: number): readonly JournalRow[];
  /** Returns the rows that are left: the attempt has ended. */
  close(nowMs: number): readonly JournalRow[];
  /** Returns the current summary of the run; null where the service has none. */
  summary(nowMs: number): string | null;
  /** Number of values that were dropped because of too many metrics. */
  readonly overflow: number;
};

/** What a service receives of runs. */
export type RunFormat<H extends RunHead, E, R extends RowMaker> = {
  /** Name of the service, for messages. */
  readonly service: string;
  /** Returns the id of an attempt's run, the same for every orchestrator. */
  readonly idOf: (trial: number, attempt: number) => string;
  /** Returns the head of the run of a started attempt. `continues`: the attempt before was paused, and this one goes further. */
  readonly head: (event: Started, nowMs: number, continues: boolean) => H;
  /** Returns what makes the rows that the journal does not have yet. */
  readonly rows: (journal: Journal<H, E>) => R;
  /** Returns the last line of a journal. */
  readonly end: (outcome: Outcome, rows: R, run: { readonly head: H; readonly nowMs: number }) => E;
};

/** Returns seconds, never negative: clocks are set back. */
export function secondsBetween(fromMs: number, toMs: number): number {
  return Math.max(0, toMs - fromMs) / 1000;
}

export type StudyIdentity = {
  readonly name: string;
  /** Distinguishes the study from others of the same name, earlier ones or in other databases. */
  readonly key: string;
};

/**
 * Returns the id of an attempt's run. It is the same for every orchestrator, so that one that reattaches continues the same run. A
 * retry is another run: the earlier reports no longer count, and services never delete a row.
 */
export function runId({ key }: StudyIdentity, trial: number, attempt: number): string {
  const text = JSON.stringify([key, trial, attempt]);
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
