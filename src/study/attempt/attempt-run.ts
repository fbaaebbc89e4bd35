import { messageOf } from '../../core/errors.js';
import { lastStep, newestStep } from '../../core/last-step.js';
import { isFeasible } from '../../core/metric-constraints.js';
import { measuredMetrics } from '../../core/run-metrics.js';
import type { Executor, Outcome, RunHooks, RunnableAttempt, StopReason } from '../../executors/executor.js';
import { handleKind } from '../../executors/handle.js';
import type { AttemptRecord, Ending, OpenedTrial } from '../../storage/storage.js';
import type { Emit } from '../events.js';
import type { AttemptContext } from './attempt-context.js';
import type { AttemptEnd } from './attempt-end.js';
import { AttemptReports } from './attempt-reports.js';
import { GpuUsageRecorder } from './gpu-usage-recorder.js';
import type { Resumability } from './resumability.js';
import { causeOf, countEarlierAttempts, nextRetry, type RetryCause } from './retry-policy.js';
import { fail, judge, type Open, type Pause, stuckReason, type Verdict } from './verdict.js';

/** `retries`: further attempts of a trial that fails. `mayRelaunch`: an attempt that did not start is started once more. */
type RetryPolicy = { readonly retries: number; readonly mayRelaunch: boolean };

type Queued = Open & { readonly state: 'queued'; readonly why: string };

type Run = {
  readonly study: AttemptContext;
  readonly opened: OpenedTrial;
  readonly attempt: AttemptRecord;
  readonly emit: Emit;
  readonly retryPolicy: RetryPolicy;
  readonly resumability: Resumability;
};

type Around = {
  readonly executor: Pick<Executor, 'cleanup' | 'checkpoints'>;
  readonly runnable: RunnableAttempt;
};

/** Follows one attempt from its start to its end, and decides what its end means for its trial. */
export class AttemptRun {
  readonly #study: AttemptContext;
  readonly #opened: OpenedTrial;
  readonly #attempt: AttemptRecord;
  readonly #emit: Emit;
  readonly #retryPolicy: RetryPolicy;
  readonly #reports: AttemptReports;
  readonly #resumability: Resumability;
  readonly #gpus: GpuUsageRecorder;
  readonly #stop = new AbortController();
  /** The pids of its processes that no signal ends. */
  stuck: readonly number[] = [];

  constructor({ study, opened, attempt, emit, retryPolicy, resumability }: Run) {
    this.#study = study;
    this.#opened = opened;
    this.#attempt = attempt;
    this.#emit = emit;
    this.#retryPolicy = retryPolicy;
    const stop = (reason: StopReason) => this.stop(reason);
    this.#reports = new AttemptReports({ study, opened, attempt, emit, stop, resumability });
    this.#resumability = resumability;
    this.#gpus = new GpuUsageRecorder({ storage: study.storage, trial: opened.trial, attempt, emit });
  }

  get attempt(): AttemptRecord {
    return this.#attempt;
  }

  /** Whether it runs inside this program. Such an attempt cannot be left to another program. */
  get isFunction(): boolean {
    return handleKind(this.#attempt.handle) === 'function';
  }

  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /** What the attempt's executor reports to. */
  get hooks(): RunHooks {
    const reports = this.#reports;
    return {
      report: (points) => reports.add(points),
      drain: () => reports.drain(),
      suggest: (name, distribution) => reports.suggest(name, distribution),
      settled: () => {
        this.#resumability.noteLook();
        return reports.settled();
      },
      warn: (message) => this.#warn(message),
      saved: (step) => reports.noteSaved(step),
      placed: (place) => this.#emit({ type: 'trial-placed', ...this.#ids, ...place }),
      gpuSample: (sample) => this.#gpus.note(sample),
      signal: this.signal,
    };
  }

  get #ids() {
    return { trial: this.#opened.trial.number, attempt: this.#attempt.attempt };
  }

  /** Every report comes again from the first. */
  expectRepeats(): Promise<void> {
    return this.#reports.expectRepeats();
  }

  /** Asks for the attempt's end; the first reason stays. */
  stop(reason: StopReason): void {
    this.#stop.abort(reason);
  }

  /**
   * Stores what the outcome means. Ends what the attempt left running before that, since nobody looks for it afterwards;
   * children of a successful trainer are left running. Removes its checkpoints after that: until then a further attempt may
   * need them. Rejects when a report could not be stored: the sweep must not continue as if it had been.
   */
  async conclude(outcome: Outcome, { executor, runnable }: Around): Promise<AttemptEnd> {
    await this.#reports.settled();
    this.#reports.close();
    await this.#gpus.settled();
    await this.#reportGpuMemory();
    await this.#reports.complete();
    const pause = await this.#pauseOf(outcome, runnable);
    const wanted = await this.#settle(await this.#judge(outcome, pause));
    const ran = outcome.kind !== 'not-started' && outcome.kind !== 'infrastructure';
    if (outcome.kind === 'stuck') this.stuck = outcome.pids;
    else if (wanted.state !== 'complete' && ran)
      this.stuck =
        (await this.#orWarn(executor.cleanup(runnable), 'what it left behind could not be ended')) ?? [];
    // No further attempt runs beside what is left of this one.
    const isStuck = wanted.state === 'queued' && this.stuck.length > 0;
    const verdict = isStuck ? fail(stuckReason(this.stuck), 'failed') : wanted;
    const exitCode = outcome.kind === 'exited' ? outcome.exitCode : null;
    const finishedAtMs = ran ? outcome.finishedAtMs : this.#attempt.startedAtMs;
    const { checkpoints } = executor;
    if (verdict.state === 'queued') {
      const { metrics } = this.#reports;
      // One that never started has not taken the copy that it begins with: the next attempt does.
      const isCopyLeft = runnable.copy !== null && !ran;
      const done = await this.#study.storage.requeue(this.#attempt.id, {
        exitCode,
        reason: verdict.reason,
        cause: causeOf(verdict.unsettled),
        finishedAtMs,
        // Without explicit steps it is unknown where the next attempt resumes.
        keepSteps:
          metrics.hasExplicitSteps &&
          (isCopyLeft ||
            ((await this.#hasNumberedSteps()) && ((await checkpoints?.exist(runnable)) ?? false))),
        pausedAt: verdict.unsettled === 'paused' ? pause.step : null,
        forget: metrics.implicitStepMetrics,
      });
      const { unsettled, reason, why } = verdict;
      if (!done) return { kind: 'lost' };
      if (unsettled === 'paused' && pause.step !== null)
        return { kind: 'paused', step: pause.step, reason, finishedAtMs };
      return { kind: 'queued', unsettled, reason, why };
    }
    const { state, values, reason, cause } = verdict;
    const violations = state === 'fail' ? [] : this.#reports.metrics.violations();
    const ending: Ending = { state, values, violations, exitCode, reason, cause, finishedAtMs };
    if (!(await this.#study.tell(this.#opened.trial.id, this.#attempt.id, ending))) return { kind: 'lost' };
    // Which complete trials keep theirs is known to the sweep.
    if (state !== 'complete' || !checkpoints?.kept)
      await this.#orWarn(checkpoints?.discard(runnable), 'its checkpoints could not be removed');
    const tail = ran ? outcome.logTail : [];
    const feasible = isFeasible(violations);
    return { kind: 'finished', state, values, feasible, violations, reason, finishedAtMs, tail };
  }

  /**
   * Whether a step of it or of the attempts that it resumes from was explicit. What is stored may be more than what its log says now, which
   * a loss of power may have emptied: then nothing else tells implicit steps.
   */
  async #hasNumberedSteps(): Promise<boolean> {
    const { id, inherited } = this.#attempt;
    if (inherited.length > 0 || this.#reports.metrics.firstStep !== null) return true;
    const [stored] = await this.#study.storage.attempts({ attemptId: id });
    return stored !== undefined && stored.firstStep !== null;
  }

  /** Of all its samples: those of an orchestrator that has ended are stored too. */
  async #reportGpuMemory(): Promise<void> {
    const name = 'hpo.gpu_memory_mb';
    const { storage, id, spec } = this.#study;
    if (!measuredMetrics(spec).includes(name)) return;
    const [row] = await storage.rows(id, this.#opened.trial.number, 1);
    const maxMiB = row?.gpuUse?.memoryMiB?.max;
    if (maxMiB !== undefined) this.#reports.add([{ name, step: null, value: (maxMiB * 2 ** 20) / 1e6 }]);
    await this.#reports.settled();
  }

  /** Whether the attempt ended because of its target step. */
  async #pauseOf(outcome: Outcome, runnable: RunnableAttempt): Promise<Pause> {
    const { metrics } = this.#reports;
    const { targetStep } = this.#attempt;
    const steps = metrics.steps();
    const step = newestStep(steps);
    const isAsked = this.#reports.isPausing || ('stoppedFor' in outcome && outcome.stoppedFor === 'paused');
    const isAtTarget = targetStep !== null && step !== null && step >= targetStep;
    const hasEnded = outcome.kind === 'exited' && outcome.exitCode === 0 && !this.#reports.ignoresTarget;
    if (step === null || !(isAsked || (isAtTarget && hasEnded))) return { kind: 'none', step };
    const last = lastStep(await this.#study.view(), { steps });
    if (last !== null && step >= last) return { kind: isAsked ? 'full' : 'none', step };
    const isSaved =
      metrics.hasExplicitSteps && ((await this.#resumability.checkpoints?.exist(runnable)) ?? false);
    // It has ended by itself, and not because of a target that nobody named.
    const isUnaware = !isAsked && !isSaved && this.#resumability.isUnasked && step !== targetStep;
    if (isUnaware) return { kind: 'none', step };
    if (!isSaved) this.#resumability.noteMissing(this.#opened.trial.number, 'it ended without a checkpoint');
    return { kind: isSaved ? 'paused' : 'stranded', step };
  }

  async #judge(outcome: Outcome, pause: Pause): Promise<Verdict | Open> {
    const [stored] = await this.#study.storage.attempts({ attemptId: this.#attempt.id });
    return judge(outcome, this.#reports.metrics, {
      stopRequested: stored?.stopRequested ?? false,
      stopping: this.#stop.signal.aborted,
      pruneReason: this.#reports.pruneReason,
      pause,
    });
  }

  /** Queues the trial of an attempt that settles nothing, as long as the trial has retries left. */
  async #settle(judged: Verdict | Open): Promise<Verdict | Queued> {
    if ('state' in judged) return judged;
    const { unsettled, reason } = judged;
    const past = countEarlierAttempts(
      this.#needsPast(unsettled)
        ? await this.#study.storage.attempts({ trialId: this.#opened.trial.id })
        : [],
    );
    const again = nextRetry(unsettled, reason, past, this.#retryPolicy);
    return again === null
      ? fail(reason, causeOf(unsettled))
      : { state: 'queued', unsettled, reason: again, why: reason };
  }

  /** Whether earlier attempts decide about a retry; else they are not read. */
  #needsPast(unsettled: RetryCause): boolean {
    const failed = unsettled === 'failed' || unsettled === 'limit';
    return failed ? this.#retryPolicy.retries > 0 : unsettled === 'lost';
  }

  #warn(message: string): void {
    this.#emit({ type: 'warning', trial: this.#opened.trial.number, message });
  }

  async #orWarn<T>(work: Promise<T> | undefined, trouble: string): Promise<T | undefined> {
    try {
      return await work;
    } catch (error) {
      this.#warn(`${trouble}: ${messageOf(error)}`);
      return undefined;
    }
  }
}
