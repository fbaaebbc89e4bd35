import type { MetricPoint } from '../../executors/executor.js';
import type { SweepEvent } from '../../study/events.js';
import type { DeliveryOf, Facts } from './delivery.js';
import type { Journal } from './journal.js';
import type { JournalFolder } from './journal-folder.js';
import { RunRows, rowText, secondsBetween } from './rows.js';
import type { DeliveredRun } from './run.js';
import { endOf, type Outcome, summaryText } from './run-end.js';
import { makeHead, runId, type StudyIdentity } from './run-head.js';
import type { Target } from './target.js';

export type WandbLogger = {
  readonly subscriber: (event: SweepEvent) => void;
  /** Takes up what earlier calls still owe; before the sweep begins. */
  open(): Promise<void>;
  /** Delivers what is left, within so long and until `enough`; then says what was not delivered. Never rejects. */
  close(limitMs: number, enough: AbortSignal): Promise<void>;
};

export type LoggerParts = {
  readonly study: StudyIdentity;
  readonly target: Target;
  readonly folder: JournalFolder;
  readonly delivery: DeliveryOf;
  /** What the database says of a trial; null when it has none of this number. */
  readonly lookUp: (trial: number) => Promise<Facts | null>;
  readonly now: () => number;
  readonly tell: (message: string) => void;
};

/** A trial that runs. */
type Followed = { readonly run: DeliveredRun; readonly rows: RunRows };

type Event<T extends SweepEvent['type']> = Extract<SweepEvent, { readonly type: T }>;

/** Keeps one W&B run for each attempt of a trial: what happens goes into its journal, and from there to W&B. */
export function makeWandbLogger(parts: LoggerParts): WandbLogger {
  return new Logger(parts);
}

class Logger implements WandbLogger {
  readonly #p: LoggerParts;
  /** By trial. */
  readonly #followed = new Map<number, Followed>();
  /** Runs whose journals are ours, by their names, until they are delivered. */
  readonly #runs = new Map<string, DeliveredRun>();
  #failure = false;

  constructor(parts: LoggerParts) {
    this.#p = parts;
  }

  readonly subscriber = (event: SweepEvent): void => {
    try {
      this.#note(event);
    } catch (error) {
      // What cannot be written now cannot be written a second later: said once, and the sweep goes on.
      if (!this.#failure) this.#p.tell(`W&B rows could not be kept: ${messageOf(error)}`);
      this.#failure = true;
    }
  };

  async open(): Promise<void> {
    for (const journal of this.#p.folder.claim()) {
      const run = this.#deliver(journal);
      if (!journal.ended) await this.#settle(run);
    }
  }

  async close(limitMs: number, enough: AbortSignal): Promise<void> {
    for (const { run } of this.#followed.values()) run.journal.flush();
    for (const run of this.#runs.values()) run.close();
    await this.#p.delivery.close(limitMs, enough);
    this.#p.folder.tidy();
  }

  #note(event: SweepEvent): void {
    if (event.type === 'trial-started') this.#started(event);
    if (event.type === 'trial-reported') this.#reported(event.trial, event.points);
    if (event.type === 'trial-finished') this.#ended(event.trial, event);
    if (event.type === 'trial-queued')
      this.#ended(event.trial, { ...UNSETTLED, state: 'queued', reason: event.reason });
    if (event.type === 'trial-lost') this.#lost(event.trial);
  }

  #started(event: Event<'trial-started'>): void {
    const id = runId(this.#p.study, event.trial, event.attempt);
    // One that was taken over may have been another orchestrator's a moment ago.
    if (event.adopted && !this.#runs.has(id))
      for (const journal of this.#p.folder.claim()) this.#deliver(journal);
    const known = this.#runs.get(id);
    const run = known ?? this.#begin(event);
    const rows = new RunRows(run.journal.lastStep);
    this.#followed.set(event.trial, { run, rows });
    const { startedAtMs } = run.journal.head;
    run.summary = () => summaryText(rows.summary(), secondsBetween(startedAtMs, this.#p.now()));
  }

  #begin(event: Event<'trial-started'>): DeliveredRun {
    const { study, target, folder, now } = this.#p;
    return this.#deliver(folder.begin(makeHead(study, event, target, now())));
  }

  #deliver(journal: Journal): DeliveredRun {
    const { id } = journal.head;
    const run = this.#p.delivery.follow(journal, () => this.#runs.delete(id));
    this.#runs.set(id, run);
    return run;
  }

  #reported(trial: number, points: readonly MetricPoint[]): void {
    const followed = this.#followed.get(trial);
    if (!followed) return;
    this.#append(followed, followed.rows.note(points, this.#p.now()));
    followed.run.wake();
  }

  #append({ run }: Followed, rows: ReturnType<RunRows['close']>): void {
    const { startedAtMs } = run.journal.head;
    for (const row of rows) run.journal.row(row.step, rowText(row, startedAtMs));
  }

  #ended(trial: number, outcome: Outcome): void {
    const followed = this.#followed.get(trial);
    if (!followed) return;
    this.#followed.delete(trial);
    this.#append(followed, followed.rows.close());
    this.#end(followed.run, outcome, followed.rows);
  }

  #end(run: DeliveredRun, outcome: Outcome, rows: RunRows): void {
    const { journal } = run;
    const { displayName, startedAtMs } = journal.head;
    const lost = rows.overflow + journal.dropped;
    if (lost > 0)
      this.#p.tell(`W&B run ${displayName}: ${lost} values or rows were too many, or found no space`);
    journal.end(endOf(outcome, rows.summary(), startedAtMs, this.#p.now()));
    run.wake();
  }

  #lost(trial: number): void {
    const followed = this.#followed.get(trial);
    this.#followed.delete(trial);
    if (followed)
      this.#settle(followed.run).catch((error: unknown) => this.#p.tell(`W&B: ${messageOf(error)}`));
  }

  /** Ends a run that nobody will tell us of any more, by what the database says. */
  async #settle(run: DeliveredRun): Promise<void> {
    const { journal } = run;
    const { trial, attempt, startedAtMs } = journal.head;
    const ours = journal.head.id === runId(this.#p.study, trial, attempt);
    const facts = ours ? await this.#p.lookUp(trial) : null;
    const isCurrent = facts?.attempt === attempt;
    // It will be taken over, and then its reports come again.
    if (isCurrent && facts.outcome === null) return;
    const rows = new RunRows(journal.lastStep);
    const outcome = isCurrent ? facts.outcome : null;
    if (isCurrent) {
      const points = await facts.points();
      const made = rows.note(points, Math.max(startedAtMs, facts.finishedAtMs ?? startedAtMs));
      this.#append({ run, rows }, [...made, ...rows.close()]);
    }
    this.#end(run, outcome ?? { ...UNSETTLED, state: facts ? 'queued' : 'unknown', reason: null }, rows);
  }
}

const UNSETTLED = { values: null, feasible: null } as const;

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
