import { basename } from 'node:path';
import { messageOf } from '../../core/errors.js';
import { isFinished, type TrialState } from '../../core/trial.js';
import type { MetricPoint } from '../../executors/executor.js';
import type { SweepEvent } from '../../study/events.js';
import { InheritedPoints } from '../inherited.js';
import type { StudyLogger } from '../made-when-opened.js';
import type { LoggerContext } from '../registry.js';
import { settleWithin } from '../settle-within.js';
import type { StudyInfo, StudyReader, TrialRow } from '../study-reader.js';
import type { Mark, StudyFolder } from './study-folder.js';
import { Replaced } from './trial-file.js';
import { unwrittenTrials } from './unwritten.js';
import { AttemptWriter, type WrittenStudy, writeTrial } from './writer.js';

/** What arrives within this time is written together. */
const FLUSH_MS = 250;

type Event<T extends SweepEvent['type']> = Extract<SweepEvent, { readonly type: T }>;
/** How an attempt ended. `finished` null: its trial runs again. */
type End = { readonly finished: Event<'trial-finished'> | null };

/** A running trial. */
type Followed = {
  readonly attempt: number;
  /** Null: a later attempt has the folder, or it cannot be written. */
  readonly writer: AttemptWriter | null;
  /** Null for a first attempt. */
  readonly inherited: InheritedPoints | null;
  /** Set when the attempt has ended before its inherited points are known. */
  end: End | null;
};

type Parts = {
  readonly study: StudyInfo;
  readonly reader: StudyReader;
  readonly folder: StudyFolder;
  readonly context: Pick<LoggerContext, 'messages' | 'now'>;
};

/** Keeps the event files of the trials of one study: those of running trials while they report, all others from the database. */
export class TensorboardLogger implements StudyLogger {
  readonly #p: Parts;
  readonly #written: WrittenStudy;
  /** By trial. */
  readonly #followed = new Map<number, Followed>();
  /** Trials that were followed, ended ones included. */
  readonly #seen = new Set<number>();
  /** Work that waits for the database. */
  readonly #work = new Set<Promise<void>>();
  readonly #leave = new AbortController();
  #timer: NodeJS.Timeout | null = null;
  #hasFailed = false;
  #isClosed = false;
  #closing: Promise<void> | null = null;

  constructor(parts: Parts) {
    this.#p = parts;
    const { spec } = parts.study;
    const name = basename(parts.folder.path);
    const isRepeated = spec.repeats > 1 || spec.race !== null;
    this.#written = {
      objectives: spec.objectives.map(({ metric }) => metric),
      groupOf: (configuration) => (isRepeated ? `${name}/configuration-${configuration}` : ''),
    };
  }

  /** Begins to recover what earlier processes left, beside the sweep. */
  async open(): Promise<void> {
    this.#await(this.#recover());
  }

  on(event: SweepEvent): void {
    try {
      this.#note(event);
    } catch (error) {
      this.#failed(error);
    }
  }

  async flush(): Promise<void> {
    this.#flush();
    if (this.#hasFailed) throw new Error('the files for TensorBoard are incomplete');
  }

  close(limitMs: number): Promise<void> {
    if (this.#closing) setTimeout(() => this.#leave.abort(), limitMs).unref();
    this.#closing ??= this.#close(limitMs);
    return this.#closing;
  }

  async #close(limitMs: number): Promise<void> {
    // What is awaited may add more.
    const all = async () => {
      while (this.#work.size > 0) await Promise.all(this.#work);
    };
    await settleWithin(limitMs, all(), this.#leave.signal);
    this.#flush();
    if (this.#work.size > 0) this.#failed(new Error('there was no time for all trials'));
    this.#isClosed = true;
  }

  /** Warns once: the same obstacle a second later is no news. */
  #failed(error: unknown): void {
    if (!this.#hasFailed && !this.#isClosed)
      this.#p.context.messages.send(
        'warning',
        `files for TensorBoard in ${this.#p.folder.path} are incomplete: ${messageOf(error)}; the next hpo optimize of this study completes them`,
      );
    this.#hasFailed = true;
  }

  #await(work: Promise<void>): void {
    const awaited = work
      .catch((error: unknown) => this.#failed(error))
      .finally(() => this.#work.delete(awaited));
    this.#work.add(awaited);
  }

  #note(event: SweepEvent): void {
    if (event.type === 'trial-started') this.#started(event);
    if (event.type === 'trial-reported') this.#reported(event.trial, event.points);
    if (event.type === 'trial-finished') this.#ended(event.trial, { finished: event });
    if (event.type === 'trial-requeued' || event.type === 'trial-paused')
      this.#ended(event.trial, { finished: null });
    if (event.type === 'trial-taken-over') this.#takenOver(event.trial);
  }

  #started({ trial, attempt, configuration, params }: Event<'trial-started'>): void {
    const { folder, context } = this.#p;
    const startedAtMs = context.now();
    this.#seen.add(trial);
    const inherited = attempt > 1 ? new InheritedPoints() : null;
    let writer: AttemptWriter | null = null;
    try {
      folder.mark({ trial, attempt });
      const begun = { attempt, configuration, params, startedAtMs };
      writer = AttemptWriter.begin(folder.trial(trial), this.#written, begun, startedAtMs);
      if (attempt > 1) folder.unmark({ trial, attempt: attempt - 1 });
    } finally {
      const followed: Followed = { attempt, writer, inherited, end: null };
      this.#followed.set(trial, followed);
      if (inherited === null) this.#begun(followed);
      else this.#await(this.#inherit(trial, followed, inherited));
    }
  }

  /** The file is as long as what it replaces, as far as that is valid. */
  #begun({ writer }: Followed): void {
    writer?.file.flush();
    writer?.file.discardOthers();
  }

  /** A retry may resume from a checkpoint: its file then begins with the points that earlier attempts left. */
  async #inherit(trial: number, followed: Followed, inherited: InheritedPoints): Promise<void> {
    const points = await this.#p.reader.metrics(this.#p.study.id, trial);
    this.#take(followed, inherited.resolve(inSteps(points)));
    this.#begun(followed);
    if (followed.end) this.#conclude(trial, followed, followed.end);
  }

  #reported(trial: number, points: readonly MetricPoint[]): void {
    const followed = this.#followed.get(trial);
    if (!followed) return;
    followed.writer?.scalars.judge(points);
    this.#take(followed, followed.inherited?.take(points) ?? points);
  }

  #take({ writer }: Followed, points: readonly MetricPoint[]): void {
    if (points.length === 0) return;
    writer?.take(points, this.#p.context.now());
    this.#timer ??= setTimeout(() => this.#flush(), FLUSH_MS).unref();
  }

  #flush(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    for (const { writer } of this.#followed.values()) {
      writer?.file.flush();
      const obstacle = writer?.file.obstacle ?? null;
      if (obstacle !== null && !(obstacle instanceof Replaced)) this.#failed(obstacle);
    }
  }

  #ended(trial: number, end: End): void {
    const followed = this.#followed.get(trial);
    if (!followed) {
      // A paused trial that nobody continues ends without another attempt.
      if (end.finished) this.#await(this.#settle(trial));
      return;
    }
    followed.end = end;
    if (followed.inherited?.isKnown ?? true) this.#conclude(trial, followed, end);
  }

  #conclude(trial: number, followed: Followed, { finished }: End): void {
    const { writer, inherited, attempt } = followed;
    if (this.#followed.get(trial) === followed) this.#followed.delete(trial);
    if (inherited) this.#take(followed, inherited.end());
    if (writer !== null && finished) writer.end(finished.state, finished.values, this.#p.context.now());
    writer?.file.flush();
    if (writer === null || writer.scalars.isDisordered || writer.file.obstacle !== null) {
      this.#await(this.#settle(trial));
      return;
    }
    writer.file.discardOthers();
    this.#warnOfOverflow(trial, writer.scalars.overflow);
    if (finished) this.#p.folder.unmark({ trial, attempt });
  }

  #takenOver(trial: number): void {
    const writer = this.#followed.get(trial)?.writer;
    this.#followed.delete(trial);
    // Otherwise the other process has a file of its own.
    if (writer?.file.isCurrent()) this.#await(this.#settle(trial, isFinished));
  }

  /** Writes a trial that receives no more events, as the database has it. */
  async #settle(trial: number, isWanted: (state: TrialState) => boolean = () => true): Promise<void> {
    const [row] = await this.#p.reader.rows(this.#p.study.id, trial, 1);
    if (row?.number === trial && isWanted(row.state))
      await this.#write(row, [{ trial, attempt: row.attempt }]);
  }

  async #write(row: TrialRow, marks: readonly Mark[]): Promise<void> {
    const { reader, study, folder, context } = this.#p;
    const points = await reader.metrics(study.id, row.number);
    if (this.#isClosed || this.#followed.has(row.number)) return;
    const written = writeTrial(folder.trial(row.number), this.#written, row, points, context.now());
    this.#warnOfOverflow(row.number, written?.overflow ?? 0);
    if (isFinished(row.state)) for (const mark of marks) folder.unmark(mark);
  }

  /** Writes what earlier processes, and other programs, have left. */
  async #recover(): Promise<void> {
    const { reader, study, folder } = this.#p;
    for await (const { row, marks } of unwrittenTrials(folder, reader, study.id)) {
      if (this.#isClosed || this.#leave.signal.aborted) return;
      if (!this.#seen.has(row.number)) await this.#write(row, marks);
    }
  }

  #warnOfOverflow(trial: number, overflow: number): void {
    if (overflow === 0) return;
    const text = `TensorBoard: ${overflow} values of trial ${trial} were dropped: too many metrics, or steps above 2147483646`;
    this.#p.context.messages.send('warning', text);
  }
}

/** In order of steps, without final values. */
function inSteps(points: readonly MetricPoint[]): MetricPoint[] {
  return points.filter(({ step }) => step !== null).sort((a, b) => (a.step ?? 0) - (b.step ?? 0));
}
