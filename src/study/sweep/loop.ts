import type { RunnableAttempt, Slot } from '../../executors/executor.js';
import type { AttemptRecord, OpenedTrial } from '../../storage/storage.js';
import { type AttemptEnd, endedEvent } from '../attempt/attempt-end.js';
import { AttemptRun } from '../attempt/attempt-run.js';
import { followToEnd } from '../attempt/follow-to-end.js';
import { Resumability } from '../attempt/resumability.js';
import { RetryWaits } from '../attempt/retry-waits.js';
import { newAttempt, startedEvent, toRunnable } from '../attempt/runnable.js';
import type { StopCause, SweepEnd } from '../events.js';
import { newToken } from '../token.js';
import { DatabaseWatch, isLeftRunning } from './database-watch.js';
import { isDatabaseLost, isWaitedFor } from './disk-space-guard.js';
import { dropPaused } from './drop-paused.js';
import { FailureCount, NO_FAILURE_RULES } from './failures.js';
import { removeFinishedCheckpoints } from './finished-checkpoints.js';
import { LaunchPause } from './launch-pause.js';
import { PausedTrials } from './paused-trials.js';
import { type Reattached, Reattachment } from './reattach.js';
import { SamplerChoiceEvents } from './sampler-choice-events.js';
import { SlotWait } from './slot-wait.js';
import { StartFailures } from './start-failures.js';
import { countStepsLeft } from './steps-left.js';
import { reachedLimit } from './stop-rules.js';
import { onStopSignals } from './stop-signals.js';
import { leaveSlot } from './stuck-slots.js';
import { SweepControl } from './sweep-control.js';
import { endOf, endsPaused, finishedEvent, NOTHING_MORE } from './sweep-ends.js';
import type { SweepOptions } from './sweep-options.js';
import { TrialQueue } from './trial-queue.js';
import { Wake } from './wake.js';
import { underLease, type WorkerLease } from './worker-lease.js';

/** Runs a study until nothing is left to do, or someone says stop; the one loop of the CLI and the library. */
export function runSweep(options: SweepOptions): Promise<SweepEnd> {
  return underLease(options, (lease) => new Sweep(options, lease).run());
}

class Sweep {
  readonly #o: SweepOptions;
  readonly #work: TrialQueue;
  readonly #paused: PausedTrials;
  readonly #slots: SlotWait;
  readonly #running = new Map<number, AttemptRun>();
  readonly #reattachment: Reattachment;
  #end: SweepEnd | null = null;
  #detail = '';
  readonly #picks: SamplerChoiceEvents;
  readonly #failures: FailureCount;
  readonly #pause: LaunchPause;
  readonly #retries: RetryWaits;
  readonly #database: DatabaseWatch;
  readonly #control: SweepControl;
  #defect: unknown = null;
  readonly #startFailures = new StartFailures();
  readonly #wake = new Wake();
  readonly #failed = (error: unknown) => this.#fail(error) ?? false;

  constructor(options: SweepOptions, keptLease: WorkerLease | null) {
    this.#o = options;
    const rules = options.failures ?? NO_FAILURE_RULES;
    this.#failures = new FailureCount(rules, options.retryFailed);
    this.#retries = new RetryWaits(rules.retryDelay, (item) => {
      this.#work.requeue(item);
      this.#wake.call();
    });
    const { study, emit } = options;
    const stepsLeft = () => countStepsLeft(study, options);
    this.#paused = new PausedTrials(study, Resumability.ofSweep(options), stepsLeft);
    const common = { configurations: null, ...options, checkpoints: options.executor.checkpoints };
    this.#work = new TrialQueue({ ...common, paused: this.#paused, patience: () => this.#control.patience });
    this.#picks = new SamplerChoiceEvents(emit);
    this.#pause = new LaunchPause(emit);
    this.#database = new DatabaseWatch(study.storage, this.#failed);
    this.#reattachment = new Reattachment(options, this.#work, () => this.#open);
    this.#slots = new SlotWait(options, () => this.#wake.call());
    this.#control = new SweepControl({ ...options, keptLease }, this.#running, {
      timeUp: () => this.#stopLaunching('timeout', 'timeout'),
      budgetChanged: (changed) => {
        this.#work.setBudget(changed.budget);
        this.#slots.setBudget(changed);
      },
      changed: () => this.#lookAgain(),
      adopt: () => this.#reattach(this.#reattachment.adopt(() => this.#lookAgain())),
    });
  }

  async run(): Promise<SweepEnd> {
    const untie = onStopSignals(this.#o, {
      drain: () => this.#stopLaunching('interrupted', 'drain'),
      abort: () => {
        this.#stopLaunching('interrupted', 'abort');
        for (const run of this.#running.values()) run.stop('interrupted');
      },
    });
    this.#o.disk?.onLost(this.#failed);
    this.#database.start(this.#o.idle);
    try {
      await this.#control.start();
      await this.#reattach(this.#reattachment.load(this.#o.retryFailed));
      await removeFinishedCheckpoints(this.#o);
      for (;;) {
        this.#wake.reset();
        await this.#launch().catch((error: unknown) => {
          if (this.#open || !isWaitedFor(error)) this.#fail(error);
        });
        if (this.#wake.isCalled) continue;
        const isIdle = !this.#isBusy && !this.#slots.waiting && !(await this.#waitsForResume());
        if (isIdle || this.#leavesAll) {
          // Nothing runs, so nothing would wake the loop: either there is more to launch, or this is the end.
          if (await this.#leftByOthers()) continue;
          break;
        }
        const again = this.#paused.mayComeAgain(this.#running.values());
        if (this.#open) await this.#slots.reportWait(this.#work.hasPendingWork, again);
        await this.#wake.wait();
      }
    } finally {
      this.#slots.close();
      this.#retries.close();
      untie();
      this.#control.close();
      this.#database.close();
    }
    if (this.#defect === null) await this.#database.check();
    if (this.#defect !== null) throw await this.#database.explain(this.#defect);
    const end = this.#end ?? 'exhausted';
    this.#reattachment.remind();
    if (endsPaused(end, this.#paused)) await dropPaused(this.#o);
    await removeFinishedCheckpoints(this.#o);
    this.#o.emit(await finishedEvent(this.#o, end, this.#detail));
    return end;
  }

  async #reattach(found: AsyncIterable<Reattached>): Promise<void> {
    for await (const { opened, slot } of found) this.#start(opened, slot, true);
  }

  /** Another orchestrator may have ended meanwhile: this one finishes what it left. */
  async #leftByOthers(): Promise<boolean> {
    if (!this.#nothingMore) return !this.#leavesAll && this.#reattachment.settled.then(() => this.#isBusy);
    await this.#control.untilNobodyIsLate().catch(this.#failed);
    await this.#reattach(this.#reattachment.load(false, () => this.#nothingMore)).catch(this.#failed);
    // A stop may have come meanwhile: reattached attempts are still followed to their end.
    if (this.#open) return true;
    if (!this.#nothingMore || !this.#work.hasPendingWork) return this.#isBusy;
    this.#end = null;
    return true;
  }

  /** A command may have queued, allowed or wanted trials that were not before. */
  async #lookAgain(): Promise<void> {
    if (this.#control.isPaused) this.#slots.close();
    else if (this.#nothingMore) this.#end = null;
    await this.#work.loadRequeued((trialId) => this.#running.has(trialId) || this.#retries.has(trialId));
    this.#wake.call();
  }

  /** Whether a pause alone keeps the sweep from going further. A study that has all its trials does not wait. */
  async #waitsForResume(): Promise<boolean> {
    return this.#open && this.#control.isPaused && !(await this.#slots.hasAll(this.#work.hasPendingWork));
  }

  get #nothingMore(): boolean {
    return this.#defect === null && this.#end !== null && NOTHING_MORE.has(this.#end);
  }

  #stopLaunching(end: SweepEnd, why: StopCause): void {
    // The first reason to stop stands, but that a person stepped in counts before all.
    if (end === 'interrupted') this.#end = end;
    else this.#end ??= end;
    this.#slots.close();
    this.#retries.close();
    this.#o.emit({ type: 'stopping', why });
    this.#wake.call();
  }

  /**
   * A defect: nothing new is started, what runs is stopped and queued again, and the sweep rejects in the end. Without a
   * database nothing could be queued: what runs is left to the next call, functions of this program apart.
   */
  #fail(error: unknown): void {
    this.#defect ??= error;
    this.#slots.close();
    this.#retries.close();
    for (const run of this.#running.values()) if (!isLeftRunning(this.#defect, run)) run.stop('interrupted');
    this.#wake.call();
  }

  get #leavesAll(): boolean {
    const leaves = (run: AttemptRun) => isLeftRunning(this.#defect, run);
    return isDatabaseLost(this.#defect) && [...this.#running.values()].every(leaves);
  }

  get #isBusy(): boolean {
    return this.#running.size > 0 || this.#retries.any;
  }

  get #open(): boolean {
    return this.#end === null && this.#defect === null && !this.#o.drain.aborted && !this.#o.abort.aborted;
  }

  get #mayLaunch(): boolean {
    return this.#open && !this.#control.isPaused;
  }

  async #launch(): Promise<void> {
    let nothing: SweepEnd | null = null;
    const wanted = () => this.#mayLaunch;
    // Attempts reattached from a wider sweep may outnumber the slots.
    while (this.#mayLaunch && nothing === null && this.#running.size < this.#o.slots.size) {
      if (this.#o.disk && !(await this.#slots.hasAll(this.#work.hasPendingWork)))
        await this.#o.disk.waitForSpace(wanted);
      await this.#pause.ready({ wanted, running: () => this.#running.size });
      await this.#slots.ready();
      if (!this.#mayLaunch || !(await this.#database.check()) || (await this.#limitReached())) return;
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
        nothing = endOf(next.none, this.#o);
        this.#detail = next.detail;
      }
    }
    this.#slots.nothingLeft = nothing !== null;
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

  #start(opened: OpenedTrial, slot: Slot, adopted: boolean): void {
    const { study, emit } = this.#o;
    const attempt = opened.attempt as AttemptRecord;
    const mayRelaunch = this.#startFailures.mayRelaunch(opened.trial.id);
    const retryPolicy = { retries: this.#o.failures?.retries ?? 0, mayRelaunch };
    const run = new AttemptRun({ study, opened, attempt, emit, retryPolicy, ...this.#paused });
    this.#running.set(opened.trial.id, run);
    const isDefect = this.#defect !== null && !(adopted && isLeftRunning(this.#defect, run));
    if (this.#o.abort.aborted || this.#control.isCutOff || isDefect) run.stop('interrupted');
    const runnable = toRunnable(study, opened, attempt, slot);
    this.#o.slots.assign(slot, runnable);
    this.#picks.emitOnce(opened);
    emit(startedEvent(opened, runnable, adopted));
    void this.#follow(run, runnable, opened, adopted)
      .then(() => true, this.#failed)
      .then((isSettled) => {
        this.#running.delete(opened.trial.id);
        const left = { slot, trial: opened.trial.number, stuck: run.stuck, isSettled };
        const error = leaveSlot(this.#o.slots, left, emit);
        if (error !== null && !this.#o.abort.aborted) this.#fail(error);
        this.#wake.call();
      });
  }

  async #follow(
    run: AttemptRun,
    runnable: RunnableAttempt,
    opened: OpenedTrial,
    adopted: boolean,
  ): Promise<void> {
    const { executor, emit, abort } = this.#o;
    const around = { executor, run, opened, runnable, emit, abort };
    const outcome = await followToEnd({ ...around, isReattached: adopted });
    const known = this.#o.disk?.classify(outcome, run) ?? outcome;
    await this.#conclude(await run.conclude(known, { executor, runnable }), opened);
  }

  async #conclude(end: AttemptEnd, opened: OpenedTrial): Promise<void> {
    const { emit, study } = this.#o;
    this.#paused.noteEnd(end, opened.trial.id);
    if (end.kind === 'queued') {
      if (end.unsettled === 'infrastructure') this.#pause.failed(end.why, this.#running.size - 1);
      this.#startFailures.note(opened.trial.id, end.unsettled);
      const wait = await this.#retries.queue(study, opened, end.unsettled);
      if (!this.#open) this.#retries.close();
      return emit({ type: 'trial-requeued', trial: opened.trial.number, reason: `${end.reason}${wait}` });
    }
    if (end.kind === 'finished' && end.state === 'pruned') this.#work.notePruned(opened.config.id);
    emit(endedEvent(end, opened));
    if (end.kind === 'lost') return;
    if (this.#o.executor.checkpoints?.kept) await removeFinishedCheckpoints(this.#o);
    const burnt = this.#failures.note(end.kind === 'finished' && end.state === 'fail', opened.config.id);
    if (burnt === null || !this.#open) return;
    this.#detail = burnt.detail;
    this.#stopLaunching(burnt.end, burnt.end);
  }
}
