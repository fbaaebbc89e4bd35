import { messageOf } from '../../core/errors.js';
import type { MetricPoint } from '../../executors/executor.js';
import type { SweepEvent } from '../../study/events.js';
import { InheritedPoints } from '../inherited.js';
import type { StudyLogger } from '../made-when-opened.js';
import { settleWithin } from '../settle-within.js';
import type { DeliveryFactory } from './delivery.js';
import type { Journal, JournalRow, RunHead } from './journal.js';
import type { JournalFolder } from './journal-folder.js';
import type { DeliveredRun } from './run.js';
import type { Outcome, RowMaker, RunFormat, Started } from './run-format.js';
import type { LookUp } from './trial-status.js';

export type RunLoggerParts<H extends RunHead, E, R extends RowMaker> = {
  readonly format: RunFormat<H, E, R>;
  readonly folder: JournalFolder<H, E>;
  readonly delivery: DeliveryFactory<H, E>;
  readonly lookUp: LookUp;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly warn: (message: string) => void;
};

/** A running trial. */
type Followed<H extends RunHead, E, R> = {
  readonly run: DeliveredRun<H, E>;
  readonly rows: R;
  /** Null for a first attempt. */
  readonly inherited: InheritedPoints | null;
  /** Set when the attempt has ended before its inherited points are known. */
  end: Outcome | null;
};

/** A logger that keeps one run for each attempt: events go into the journal of the run, and from there to the service. */
export class RunLogger<H extends RunHead, E, R extends RowMaker> implements StudyLogger {
  readonly #p: RunLoggerParts<H, E, R>;
  /** By trial. */
  readonly #followed = new Map<number, Followed<H, E, R>>();
  /** Runs whose journals this process owns, by run id, until they are delivered. */
  readonly #runs = new Map<string, DeliveredRun<H, E>>();
  /** Paused trials whose next attempt is about to start. */
  readonly #continued = new Set<number>();
  #hasFailed = false;
  /** Queries of the database that are not answered yet. */
  readonly #queries = new Set<Promise<void>>();
  readonly #leave = new AbortController();
  #closing: Promise<void> | null = null;

  constructor(parts: RunLoggerParts<H, E, R>) {
    this.#p = parts;
  }

  on(event: SweepEvent): void {
    this.attempt(() => this.#note(event));
  }

  /** Calls a function. What it throws is an obstacle of the journals. */
  attempt(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#failed(error);
    }
  }

  /** Warns once: the same obstacle a second later is no news. */
  #failed(error: unknown): void {
    if (!this.#hasFailed)
      this.#p.warn(
        `rows for ${this.#p.format.service} could not be written to their journal: ${messageOf(error)}`,
      );
    this.#hasFailed = true;
  }

  /** Waits for work before the end. What it rejects with is an obstacle of the journals. */
  query(work: Promise<void>): void {
    const query = work
      .catch((error: unknown) => this.#failed(error))
      .finally(() => this.#queries.delete(query));
    this.#queries.add(query);
  }

  /** Claims the journals that ended processes left behind, and delivers them. Never rejects. */
  async open(): Promise<void> {
    try {
      for (const journal of this.#p.folder.claim()) {
        const run = this.#deliver(journal);
        if (!journal.ended) await this.#settle(run);
      }
    } catch (error) {
      this.#failed(error);
    }
  }

  async flush(): Promise<void> {
    try {
      for (const { run } of this.#followed.values()) run.journal.flush();
    } catch (error) {
      this.#failed(error);
    }
    if (this.#hasFailed) throw new Error(`the journals of ${this.#p.format.service} are incomplete`);
  }

  close(limitMs: number): Promise<void> {
    if (this.#closing) setTimeout(() => this.#leave.abort(), limitMs).unref();
    this.#closing ??= this.#close(limitMs);
    return this.#closing;
  }

  async #close(limitMs: number): Promise<void> {
    await settleWithin(limitMs, Promise.all(this.#queries), this.#leave.signal);
    await this.flush().catch(() => {});
    for (const run of this.#runs.values()) run.close();
    await this.#p.delivery.close(limitMs, this.#leave.signal);
    this.#p.folder.close();
  }

  #note(event: SweepEvent): void {
    if (event.type === 'trial-continued') this.#continued.add(event.trial);
    if (event.type === 'trial-started') this.#started(event);
    if (event.type === 'trial-reported') this.#reported(event.trial, event.points);
    if (event.type === 'trial-finished') this.#ended(event.trial, event);
    if (event.type === 'trial-requeued')
      this.#ended(event.trial, { ...UNSETTLED, state: 'queued', reason: event.reason });
    if (event.type === 'trial-paused')
      this.#ended(event.trial, { ...UNSETTLED, state: 'paused', reason: event.reason });
    if (event.type === 'trial-taken-over') this.#takenOver(event.trial);
  }

  #started(event: Started): void {
    const id = this.#p.format.idOf(event.trial, event.attempt);
    // Until a moment ago the attempt may have belonged to another orchestrator, which has ended.
    if (event.reattached && !this.#runs.has(id))
      for (const journal of this.#p.folder.claim()) {
        const claimed = this.#deliver(journal);
        if (!journal.ended && journal.head.id !== id) this.query(this.#settle(claimed));
      }
    const known = this.#runs.get(id);
    const run = known ?? this.#begin(event);
    const rows = this.#p.format.rows(run.journal);
    const inherited = event.attempt > 1 ? new InheritedPoints() : null;
    const followed: Followed<H, E, R> = { run, rows, inherited, end: null };
    this.#followed.set(event.trial, followed);
    if (inherited) this.query(this.#inherit(event.trial, followed, inherited));
    run.summary = () => rows.summary(this.#p.now());
  }

  #begin(event: Started): DeliveredRun<H, E> {
    const continues = this.#continued.delete(event.trial);
    return this.begin(this.#p.format.head(event, this.#p.now(), continues));
  }

  /** Begins a run and its delivery. */
  begin(head: H): DeliveredRun<H, E> {
    return this.#deliver(this.#p.folder.begin(head));
  }

  #deliver(journal: Journal<H, E>): DeliveredRun<H, E> {
    const { id } = journal.head;
    const run = this.#p.delivery.follow(journal, () => this.#runs.delete(id));
    this.#runs.set(id, run);
    return run;
  }

  /** A retry may resume from a checkpoint: its run then includes the points that earlier attempts left. */
  async #inherit(trial: number, followed: Followed<H, E, R>, inherited: InheritedPoints): Promise<void> {
    const status = await this.#p.lookUp(trial);
    this.#take(followed, inherited.resolve(status ? await status.points() : []));
    if (followed.end) this.#conclude(followed, followed.end);
  }

  #reported(trial: number, points: readonly MetricPoint[]): void {
    const followed = this.#followed.get(trial);
    if (followed) this.#take(followed, followed.inherited?.take(points) ?? points);
  }

  #take(followed: Followed<H, E, R>, points: readonly MetricPoint[]): void {
    if (points.length === 0) return;
    this.#append(followed.run, followed.rows.note(points, this.#p.now()));
    followed.run.wake();
  }

  #append({ journal }: DeliveredRun<H, E>, rows: readonly JournalRow[]): void {
    for (const { step, row } of rows) journal.row(step, row);
  }

  #ended(trial: number, outcome: Outcome): void {
    const followed = this.#followed.get(trial);
    if (!followed) return;
    this.#followed.delete(trial);
    followed.end = outcome;
    if (followed.inherited?.isKnown ?? true) this.#conclude(followed, outcome);
  }

  #conclude(followed: Followed<H, E, R>, outcome: Outcome): void {
    const { run, rows, inherited } = followed;
    if (inherited) this.#take(followed, inherited.end());
    this.#append(run, rows.close(this.#p.now()));
    this.#end(run, outcome, rows);
  }

  #end(run: DeliveredRun<H, E>, outcome: Outcome, rows: R): void {
    const { journal } = run;
    const { format, now } = this.#p;
    const lost = rows.overflow + journal.dropped;
    if (lost > 0)
      this.#p.warn(
        `${format.service} run ${journal.head.displayName}: ${lost} values or rows were dropped: too many metrics, or a full disk`,
      );
    journal.end(format.end(outcome, rows, { head: journal.head, nowMs: now() }));
    run.wake();
  }

  #takenOver(trial: number): void {
    const followed = this.#followed.get(trial);
    this.#followed.delete(trial);
    if (followed) this.query(this.#settle(followed.run));
  }

  /** Ends a run that receives no more events, with the outcome in the database. */
  async #settle(run: DeliveredRun<H, E>): Promise<void> {
    const { journal } = run;
    const { trial, attempt, startedAtMs } = journal.head;
    const isOfStudy = journal.head.id === this.#p.format.idOf(trial, attempt);
    const status = isOfStudy ? await this.#p.lookUp(trial) : null;
    const isCurrent = status?.attempt === attempt;
    // Somebody will reattach to it, and then its reports follow again.
    if (isCurrent && status.outcome === null) return;
    const points = isCurrent ? await status.points() : [];
    // Its events have come meanwhile.
    if (journal.ended || this.#followed.get(trial)?.run === run) return;
    const rows = this.#p.format.rows(journal);
    const outcome = isCurrent ? status.outcome : null;
    if (isCurrent) {
      const atMs = Math.max(startedAtMs, status.finishedAtMs ?? startedAtMs);
      this.#append(run, [...rows.note(points, atMs), ...rows.close(atMs)]);
    }
    this.#end(run, outcome ?? { ...UNSETTLED, state: status ? 'queued' : 'unknown', reason: null }, rows);
  }
}

const UNSETTLED = { values: null, feasible: null } as const;
