import { messageOf } from '../../core/errors.js';
import type { MetricPoint } from '../../executors/executor.js';
import type { SweepEvent } from '../../study/events.js';
import type { DeliveryFactory, TrialStatus } from './delivery.js';
import { InheritedPoints } from './inherited.js';
import type { Journal } from './journal.js';
import type { JournalFolder } from './journal-folder.js';
import { RunRows, rowText, secondsBetween } from './rows.js';
import type { DeliveredRun } from './run.js';
import { endOf, type Outcome, summaryText } from './run-end.js';
import { makeHead, runId, type StudyIdentity } from './run-metadata.js';
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
  readonly delivery: DeliveryFactory;
  /** What the database says of a trial; null when it has none of this number. */
  readonly lookUp: (trial: number) => Promise<TrialStatus | null>;
  readonly now: () => number;
  readonly tell: (message: string) => void;
};

/** A trial that runs. */
type Followed = {
  readonly run: DeliveredRun;
  readonly rows: RunRows;
  /** Null for a first attempt. */
  readonly inherited: InheritedPoints | null;
  /** It has ended, but what it goes on from is not known yet. */
  end: Outcome | null;
};

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
  /** Questions to the database that are not answered yet. */
  readonly #asked = new Set<Promise<void>>();

  constructor(parts: LoggerParts) {
    this.#p = parts;
  }

  readonly subscriber = (event: SweepEvent): void => {
    try {
      this.#note(event);
    } catch (error) {
      this.#failed(error);
    }
  };

  /** What cannot be written now cannot be written a second later: said once, and the sweep goes on. */
  #failed(error: unknown): void {
    if (!this.#failure) this.#p.tell(`W&B rows could not be kept: ${messageOf(error)}`);
    this.#failure = true;
  }

  #ask(question: Promise<void>): void {
    const asked = question
      .catch((error: unknown) => this.#failed(error))
      .finally(() => this.#asked.delete(asked));
    this.#asked.add(asked);
  }

  async open(): Promise<void> {
    for (const journal of this.#p.folder.claim()) {
      const run = this.#deliver(journal);
      if (!journal.ended) await this.#settle(run);
    }
  }

  async close(limitMs: number, enough: AbortSignal): Promise<void> {
    await Promise.all(this.#asked);
    for (const { run } of this.#followed.values()) run.journal.flush();
    for (const run of this.#runs.values()) run.close();
    await this.#p.delivery.close(limitMs, enough);
    this.#p.folder.close();
  }

  #note(event: SweepEvent): void {
    if (event.type === 'trial-started') this.#started(event);
    if (event.type === 'trial-reported') this.#reported(event.trial, event.points);
    if (event.type === 'trial-finished') this.#ended(event.trial, event);
    if (event.type === 'trial-requeued')
      this.#ended(event.trial, { ...UNSETTLED, state: 'queued', reason: event.reason });
    if (event.type === 'trial-taken-over') this.#lost(event.trial);
  }

  #started(event: Event<'trial-started'>): void {
    const id = runId(this.#p.study, event.trial, event.attempt);
    // One that was taken over may have been another orchestrator's a moment ago.
    if (event.reattached && !this.#runs.has(id))
      for (const journal of this.#p.folder.claim()) this.#deliver(journal);
    const known = this.#runs.get(id);
    const run = known ?? this.#begin(event);
    const rows = new RunRows(run.journal.lastStep);
    const inherited = event.attempt > 1 ? new InheritedPoints() : null;
    const followed: Followed = { run, rows, inherited, end: null };
    this.#followed.set(event.trial, followed);
    if (inherited) this.#ask(this.#inherit(event.trial, followed, inherited));
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

  /** A further attempt may go on from a checkpoint: what those before have left belongs to its run too. */
  async #inherit(trial: number, followed: Followed, inherited: InheritedPoints): Promise<void> {
    const facts = await this.#p.lookUp(trial);
    this.#take(followed, inherited.know(facts ? await facts.points() : []));
    if (followed.end) this.#conclude(followed, followed.end);
  }

  #reported(trial: number, points: readonly MetricPoint[]): void {
    const followed = this.#followed.get(trial);
    if (followed) this.#take(followed, followed.inherited?.take(points) ?? points);
  }

  #take(followed: Followed, points: readonly MetricPoint[]): void {
    if (points.length === 0) return;
    this.#append(followed, followed.rows.note(points, this.#p.now()));
    followed.run.wake();
  }

  #append({ run }: Pick<Followed, 'run'>, rows: ReturnType<RunRows['close']>): void {
    const { startedAtMs } = run.journal.head;
    for (const row of rows) run.journal.row(row.step, rowText(row, startedAtMs));
  }

  #ended(trial: number, outcome: Outcome): void {
    const followed = this.#followed.get(trial);
    if (!followed) return;
    this.#followed.delete(trial);
    followed.end = outcome;
    if (followed.inherited?.isKnown ?? true) this.#conclude(followed, outcome);
  }

  #conclude(followed: Followed, outcome: Outcome): void {
    const { run, rows, inherited } = followed;
    if (inherited) this.#take(followed, inherited.end());
    this.#append(followed, rows.close());
    this.#end(run, outcome, rows);
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
    if (followed) this.#ask(this.#settle(followed.run));
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
      this.#append({ run }, [...made, ...rows.close()]);
    }
    this.#end(run, outcome ?? { ...UNSETTLED, state: facts ? 'queued' : 'unknown', reason: null }, rows);
  }
}

const UNSETTLED = { values: null, feasible: null } as const;
