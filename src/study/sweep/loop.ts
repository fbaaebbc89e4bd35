import type { RunnableAttempt, Slot } from '../../executors/executor.js';
import { canReattach } from '../../executors/handle.js';
import type { AttemptRecord, OpenedTrial, UnfinishedTrial } from '../../storage/storage.js';
import type { AttemptEnd } from '../attempt/attempt-end.js';
import { AttemptRun } from '../attempt/attempt-run.js';
import { followToEnd } from '../attempt/follow-to-end.js';
import { LOST_ATTEMPTS_LIMIT } from '../attempt/retry-policy.js';
import { RetryWaits } from '../attempt/retry-waits.js';
import { newAttempt, startedEvent, toRunnable } from '../attempt/runnable.js';
import type { StopCause, SweepEnd } from '../events.js';
import { newToken } from '../token.js';
import { DatabaseWatch, StorageLost } from './database-watch.js';
import { isDatabaseLost, isDiskFull } from './disk-space-guard.js';
import { FailureCount, NO_FAILURE_RULES } from './failures.js';
import { LaunchPause } from './launch-pause.js';
import { SamplerChoiceEvents } from './sampler-choice-events.js';
import { SlotWait } from './slot-wait.js';
import { watchStopRequests } from './stop-requests.js';
import { reachedLimit } from './stop-rules.js';
import { onStopSignals } from './stop-signals.js';
import { leaveSlot } from './stuck-slots.js';
import type { SweepOptions } from './sweep-options.js';
import { TrialQueue } from './trial-queue.js';
import { UnseenOwners } from './unseen-owners.js';

/** Ends that say there is nothing to launch; what others leave meanwhile is still ours to finish. */
const NOTHING_MORE: ReadonlySet<SweepEnd> = new Set(['exhausted', 'budget', 'converged']);

/** Runs a study until nothing is left to do, or someone says stop; the one loop of the CLI and the library. */
export function runSweep(options: SweepOptions): Promise<SweepEnd> {
  return new Sweep(options).run();
}

class Sweep {
  readonly #o: SweepOptions;
  readonly #work: TrialQueue;
  readonly #slots: SlotWait;
  readonly #running = new Map<number, AttemptRun>();
  readonly #unseen: UnseenOwners;
  #end: SweepEnd | null = null;
  #detail = '';
  readonly #picks: SamplerChoiceEvents;
  readonly #failures: FailureCount;
  readonly #pause: LaunchPause;
  readonly #retries: RetryWaits;
  readonly #database: DatabaseWatch;
  #defect: unknown = null;
  /** Attempts of each trial that did not start in this call: a launch that cannot come about is not for ever. */
  readonly #notStarted = new Map<number, number>();
  #wake: () => void = () => {};
  /** Something happened since the last look: it may come while the loop is not waiting. */
  #news = false;

  constructor(options: SweepOptions) {
    this.#o = options;
    const rules = options.failures ?? NO_FAILURE_RULES;
    this.#failures = new FailureCount(rules, options.retryFailed);
    this.#retries = new RetryWaits(rules.retryDelay, (item) => {
      this.#work.requeue(item);
      this.#tellNews();
    });
    const { study, budget, executor, emit } = options;
    this.#work = new TrialQueue(study, budget, executor.checkpoints, ({ number, reason }) =>
      emit({ type: 'warning', trial: number, message: `enqueued, but not run: ${reason}` }),
    );
    this.#picks = new SamplerChoiceEvents(options.emit);
    this.#pause = new LaunchPause(options.emit);
    this.#database = new DatabaseWatch(study.storage, (error) => this.#fail(error));
    this.#unseen = new UnseenOwners(options.emit);
    this.#slots = new SlotWait(options, () => this.#tellNews());
  }

  async run(): Promise<SweepEnd> {
    const release = this.#listen();
    this.#o.disk?.onLost((error) => this.#fail(error));
    this.#database.start();
    try {
      await this.#load(this.#o.retryFailed);
      for (;;) {
        this.#news = false;
        await this.#launch().catch((error: unknown) => {
          if (this.#open || !isDiskFull(error)) this.#fail(error);
        });
        if (this.#news) continue;
        if ((!this.#isBusy && !this.#slots.waiting) || this.#leavesAll) {
          // Nothing runs, so nothing would wake us: either there is more to launch, or this is the end.
          if (await this.#leftByOthers()) continue;
          break;
        }
        // A fresh promise each time: racing a long-lived one would keep a reaction for every finished trial.
        await new Promise<void>((wake) => {
          this.#wake = wake;
        });
      }
    } finally {
      this.#slots.close();
      this.#retries.close();
      release();
      this.#database.close();
    }
    if (this.#defect === null) await this.#database.check();
    if (this.#defect !== null) throw await this.#database.explain(this.#defect);
    const end = this.#end ?? 'exhausted';
    this.#unseen.remind();
    this.#o.emit({ type: 'sweep-finished', end, detail: this.#detail });
    return end;
  }

  async #load(retryFailed: boolean): Promise<void> {
    const orphans = await this.#work.load(retryFailed);
    this.#unseen.note(this.#work.unseen);
    for (const orphan of orphans) await this.#takeOver(orphan);
  }

  /** Another orchestrator may have died or been stopped while we ran: what it left is ours to finish. */
  async #leftByOthers(): Promise<boolean> {
    if (!this.#nothingMore) return false;
    await this.#load(false).catch((error: unknown) => this.#fail(error));
    // Someone may have said stop meanwhile: what was taken over is still followed to its end.
    if (!this.#nothingMore || !this.#work.hasPendingWork) return this.#running.size > 0;
    this.#end = null;
    return true;
  }

  get #nothingMore(): boolean {
    return this.#defect === null && this.#end !== null && NOTHING_MORE.has(this.#end);
  }

  /** Ties the signals, the clock and requests to stop a trial to the loop; returns how to untie them. */
  #listen(): () => void {
    const untie = onStopSignals(this.#o, {
      drain: () => this.#stopLaunching('interrupted', 'drain'),
      abort: () => {
        this.#stopLaunching('interrupted', 'abort');
        for (const run of this.#running.values()) run.stop('interrupted');
      },
      timeout: () => this.#stopLaunching('timeout', 'timeout'),
    });
    const endWatch = watchStopRequests(this.#o.study.storage, this.#running);
    return () => {
      untie();
      endWatch();
    };
  }

  #stopLaunching(end: SweepEnd, why: StopCause): void {
    // The first reason to stop stands, but that a person stepped in counts before all.
    if (end === 'interrupted') this.#end = end;
    else this.#end ??= end;
    this.#slots.close();
    this.#retries.close();
    this.#o.emit({ type: 'stopping', why });
    this.#tellNews();
  }

  #tellNews(): void {
    this.#news = true;
    this.#wake();
  }

  /**
   * A defect: nothing new is started, what runs is stopped and queued again, and the sweep rejects in the end. Without a
   * database nothing could be queued: what runs is left to the next call, functions of this program apart.
   */
  #fail(error: unknown): void {
    this.#defect ??= error;
    this.#slots.close();
    this.#retries.close();
    for (const run of this.#running.values()) if (!this.#leaves(run)) run.stop('interrupted');
    this.#tellNews();
  }

  /** Whether a run is left to the next call. A function is not, where its end can still be stored and copied. */
  #leaves({ isFunction }: Pick<AttemptRun, 'isFunction'>): boolean {
    return isDatabaseLost(this.#defect) && !(isFunction && this.#defect instanceof StorageLost);
  }

  get #leavesAll(): boolean {
    return isDatabaseLost(this.#defect) && [...this.#running.values()].every((run) => this.#leaves(run));
  }

  get #isBusy(): boolean {
    return this.#running.size > 0 || this.#retries.any;
  }

  get #open(): boolean {
    return this.#end === null && this.#defect === null && !this.#o.drain.aborted && !this.#o.abort.aborted;
  }

  /** Fills the free slots. */
  async #launch(): Promise<void> {
    let nothing: SweepEnd | null = null;
    // Attempts taken over from a wider sweep may outnumber the slots.
    while (this.#open && nothing === null && this.#running.size < this.#o.slots.size) {
      if (this.#o.disk && !(await this.#slots.hasAll(this.#work.hasPendingWork)))
        await this.#o.disk.waitForSpace(() => this.#open);
      await this.#pause.ready({ wanted: () => this.#open, running: () => this.#running.size });
      await this.#slots.ready();
      if (!this.#open || !(await this.#database.check()) || (await this.#limitReached())) return;
      const token = newToken();
      const slot = this.#slots.acquire(token);
      if (!slot) {
        const end = this.#isBusy ? null : await this.#slots.endOfWait(this.#work.hasPendingWork);
        this.#end ??= end;
        return;
      }
      const next = await this.#work.next(newAttempt(this.#o, slot, token), this.#o.now());
      if ('opened' in next) this.#start(next.opened, slot, false);
      else {
        this.#o.slots.release(slot);
        nothing = next.none;
        this.#detail = next.detail;
      }
    }
    // Running trials may still be queued again, so the end is decided only when nothing runs.
    if (nothing !== null && !this.#isBusy) this.#end ??= nothing;
  }

  async #limitReached(): Promise<boolean> {
    const reached = await reachedLimit(this.#o.study, this.#o);
    if (!reached || !this.#open) return reached !== null;
    this.#detail = reached.detail;
    this.#stopLaunching(reached.end, reached.end);
    return true;
  }

  async #takeOver({ trial, attempt }: UnfinishedTrial): Promise<void> {
    const { study, slots, executor } = this.#o;
    // A function cannot follow a process: whoever can will take it over.
    if (attempt && !canReattach(executor, attempt.handle)) return;
    if (!attempt || !(await study.storage.takeOverAttempt(attempt.id, attempt.owner, study.owner))) return;
    const config = (await study.configurations()).find(({ config: c }) => c.id === trial.configId)?.config;
    if (config) this.#start({ trial, config, attempt }, slots.reattach(attempt.device, attempt.token), true);
  }

  #start(opened: OpenedTrial, slot: Slot, adopted: boolean): void {
    const { study, emit } = this.#o;
    const attempt = opened.attempt as AttemptRecord;
    const retryPolicy = {
      retries: this.#o.failures?.retries ?? 0,
      mayRelaunch: (this.#notStarted.get(opened.trial.id) ?? 0) + 1 < LOST_ATTEMPTS_LIMIT,
    };
    const run = new AttemptRun({ study, opened, attempt, emit, retryPolicy });
    this.#running.set(opened.trial.id, run);
    if (this.#o.abort.aborted || (this.#defect !== null && !(adopted && this.#leaves(run))))
      run.stop('interrupted');
    const runnable = toRunnable(study, opened, attempt, slot);
    this.#o.slots.assign(slot, runnable);
    this.#picks.emitOnce(opened);
    emit(startedEvent(opened, runnable, adopted));
    const failed = (error: unknown) => this.#fail(error) ?? false;
    void this.#follow(run, runnable, opened, adopted)
      .then(() => true, failed)
      .then((isSettled) => {
        this.#running.delete(opened.trial.id);
        const left = { slot, trial: opened.trial.number, stuck: run.stuck, isSettled };
        const error = leaveSlot(this.#o.slots, left, emit);
        if (error !== null && !this.#o.abort.aborted) this.#fail(error);
        this.#tellNews();
      });
  }

  async #follow(
    run: AttemptRun,
    runnable: RunnableAttempt,
    opened: OpenedTrial,
    adopted: boolean,
  ): Promise<void> {
    const { executor, emit, abort } = this.#o;
    const followed = { executor, run, opened, runnable, isReattached: adopted, emit, abort };
    const outcome = await followToEnd(followed);
    const known = this.#o.disk?.classify(outcome, run) ?? outcome;
    await this.#conclude(await run.conclude(known, { executor, runnable }), opened);
  }

  async #conclude(end: AttemptEnd, opened: OpenedTrial): Promise<void> {
    const { emit, study } = this.#o;
    const trial = opened.trial.number;
    if (end.kind === 'lost') return emit({ type: 'trial-taken-over', trial });
    if (end.kind === 'queued') {
      if (end.unsettled === 'infrastructure') this.#pause.failed(end.why, this.#running.size - 1);
      if (end.unsettled === 'not-started' || end.unsettled === 'infrastructure-error')
        this.#notStarted.set(opened.trial.id, (this.#notStarted.get(opened.trial.id) ?? 0) + 1);
      const item = { ...opened, asker: null, enqueued: null };
      const wait = await this.#retries.queue(study, item, end.unsettled);
      if (!this.#open) this.#retries.close();
      emit({ type: 'trial-requeued', trial, reason: `${end.reason}${wait}` });
      return;
    }
    if (end.state === 'pruned') this.#work.notePruned(opened.config.id);
    const durationMs = Math.max(0, end.finishedAtMs - (opened.attempt as AttemptRecord).startedAtMs);
    const { kind: _, finishedAtMs: __, ...how } = end;
    emit({ type: 'trial-finished', trial, ...how, durationMs });
    const burnt = this.#failures.note(end.state === 'fail');
    if (burnt === null || !this.#open) return;
    this.#detail = burnt.detail;
    this.#stopLaunching(burnt.end, burnt.end);
  }
}
