import type { Distribution, ParamValue } from '../../core/distribution.js';
import type { GpuSample } from '../../core/gpu-use.js';
import { isFeasible } from '../../core/metric-constraints.js';
import type {
  Executor,
  MetricPoint,
  Outcome,
  RunHooks,
  RunnableAttempt,
  StopReason,
} from '../../executors/executor.js';
import { handleKind } from '../../executors/handle.js';
import type { AttemptRecord, Ending, OpenedTrial, Suggested } from '../../storage/storage.js';
import type { Emit } from '../events.js';
import { isDatabaseLost } from '../sweep/disk-space-guard.js';
import type { AttemptContext } from './attempt-context.js';
import type { AttemptEnd } from './attempt-end.js';
import { AttemptMetrics } from './attempt-metrics.js';
import { GpuUsageRecorder } from './gpu-usage-recorder.js';
import { causeOf, countEarlierAttempts, nextRetry } from './retry-policy.js';
import { Suggestions } from './suggestions.js';
import { fail, judge, type Open, stuckReason, type Verdict } from './verdict.js';

/** Points that may wait to be stored before their trainer's output is read on. */
const MAX_PENDING = 10_000;

/**
 * Follows one attempt: stores what it reports in order, asks the pruner at each step of the objective, and decides
 * what its end means. Decisions depend on the order of reports alone, not on how they were batched.
 */
export class AttemptRun {
  readonly #study: AttemptContext;
  readonly #opened: OpenedTrial;
  readonly #attempt: AttemptRecord;
  readonly #emit: Emit;
  readonly #chances: RetryPolicy;
  readonly #reports: AttemptMetrics;
  #inherited: Promise<void> | null = null;
  readonly #stop = new AbortController();
  readonly #gpus: GpuUsageRecorder;
  readonly #suggestions: Suggestions;
  #suggested: Suggested[] = [];
  #pending: MetricPoint[] = [];
  #pump: Promise<void> | null = null;
  #pumpError: unknown = null;
  #pruneReason: string | null = null;
  /** The pids of what is left of it that no signal ends. */
  stuck: readonly number[] = [];

  constructor(
    study: AttemptContext,
    opened: OpenedTrial,
    attempt: AttemptRecord,
    emit: Emit,
    chances: RetryPolicy,
  ) {
    this.#study = study;
    this.#opened = opened;
    this.#attempt = attempt;
    this.#emit = emit;
    this.#chances = chances;
    this.#reports = new AttemptMetrics(study.spec);
    this.#gpus = new GpuUsageRecorder(study.storage, opened.trial, attempt, emit);
    this.#suggestions = new Suggestions(study, opened);
  }

  get attempt(): AttemptRecord {
    return this.#attempt;
  }

  /** It runs inside this program, which cannot leave it to another one. */
  get isFunction(): boolean {
    return handleKind(this.#attempt.handle) === 'function';
  }

  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /** What the attempt's executor reports to. */
  get hooks(): RunHooks {
    return {
      report: this.report.bind(this),
      drain: this.ready.bind(this),
      suggest: this.suggest.bind(this),
      settled: this.judged.bind(this),
      warn: this.warn.bind(this),
      gpuSample: this.use.bind(this),
      signal: this.signal,
    };
  }

  /** Asks for the attempt's end; the first reason stays. */
  stop(reason: StopReason): void {
    this.#stop.abort(reason);
  }

  report(points: readonly MetricPoint[]): void {
    // What comes after the decision to prune depends on how fast the trainer died: it is not kept.
    if (this.#pruneReason !== null || points.length === 0) return;
    this.#pending.push(...points);
    this.#pump ??= this.#drain();
  }

  /** Resolves once what was reported is stored, or little enough is left. */
  async ready(): Promise<void> {
    if (this.#pending.length > MAX_PENDING) await this.#pump;
  }

  /** Resolves once all that was reported is stored, and the pruner has judged it. */
  async judged(): Promise<void> {
    while (this.#pump) await this.#pump;
  }

  /** The value of a parameter that the trial names itself. @throws HpoError as `Suggestions.suggest`. */
  suggest(name: string, distribution: Distribution): ParamValue {
    const { value, isNew } = this.#suggestions.suggest(name, distribution);
    if (isNew) this.#suggested.push({ name, distribution, value });
    if (isNew) this.#pump ??= this.#drain();
    return value;
  }

  warn(message: string): void {
    this.#emit({ type: 'warning', trial: this.#opened.trial.number, message });
  }

  use(sample: GpuSample): void {
    this.#gpus.note(sample);
  }

  /** An attempt that goes on from a checkpoint has what attempts before it reported, as far as it does not do it again. */
  #inherit(): Promise<void> {
    this.#inherited ??= this.#readInherited();
    return this.#inherited;
  }

  async #readInherited(): Promise<void> {
    const { inherited } = this.#attempt;
    if (inherited.length === 0) return;
    const { storage, id } = this.#study;
    const points = await storage.metrics(id, this.#opened.trial.number);
    this.#reports.inherit(
      points.filter(({ name, step }) => step !== null && step < this.#ownFrom && inherited.includes(name)),
    );
  }

  /** Stored reports from this step on were this attempt's own when it began here. */
  get #ownFrom(): number {
    return this.#attempt.firstStep ?? Number.POSITIVE_INFINITY;
  }

  async #drain(): Promise<void> {
    try {
      await this.#inherit();
      while (this.#pending.length + this.#suggested.length > 0) {
        for (const suggested of this.#suggested.splice(0))
          if (!(await this.#study.suggest(this.#opened.trial.id, this.#attempt.id, suggested)))
            return this.stop('stopped');
        const points = await this.#prunedPrefix(this.#pending.splice(0));
        const stored = points.map((p) => ({
          ...p,
          objective: p.name === this.#study.spec.objectives[0]?.metric,
        }));
        const { trial } = this.#opened;
        if (!(await this.#study.report(trial.id, this.#attempt.id, stored))) return this.stop('stopped');
        this.#emit({ type: 'trial-reported', trial: trial.number, points });
        if (this.#pruneReason !== null) this.#beginPruning(this.#pruneReason);
      }
    } catch (error) {
      this.#pumpError = error;
      // With the database gone the trainer goes on: the next call reads what it printed.
      if (!isDatabaseLost(error)) this.stop('stopped');
    } finally {
      this.#pump = null;
    }
  }

  /** Notes the points one by one and cuts the list after the one at which the pruner says stop. */
  async #prunedPrefix(points: readonly MetricPoint[]): Promise<readonly MetricPoint[]> {
    for (const [at, point] of points.entries()) {
      const isObjective = this.#reports.note(point);
      if (!isObjective || point.step === null || !this.#study.pruner || this.#wasJudged(point)) continue;
      const steps = this.#reports.steps();
      const view = { number: this.#opened.trial.number, state: 'running', values: null, steps } as const;
      const decision = this.#study.pruner.decide(view, await this.#study.view());
      if (!decision.prune) continue;
      this.#pruneReason = decision.reason;
      this.#pending = [];
      return points.slice(0, at + 1);
    }
    return points;
  }

  /**
   * An attempt taken over tells every step again, and one that goes on from a checkpoint may repeat some: what was let
   * pass is not judged by what its peers did since.
   */
  #wasJudged({ step, value }: MetricPoint): boolean {
    const { steps } = this.#opened.trial;
    if (step === null || !steps.has(step) || step === [...steps.keys()].at(-1)) return false;
    return step >= this.#ownFrom || Object.is(steps.get(step), value + 0);
  }

  #beginPruning(reason: string): void {
    this.#emit({ type: 'trial-pruning', trial: this.#opened.trial.number, reason });
    this.stop('pruned');
  }

  /**
   * Stores what the outcome means. Ends what the attempt left running before that, since nobody looks for it afterwards;
   * children of a successful trainer are left running. Removes its checkpoints after that: until then a further attempt may
   * need them. Rejects when a report could not be stored: the sweep must not continue as if it had been.
   */
  async conclude(
    outcome: Outcome,
    { cleanup, checkpoints }: Pick<Executor, 'cleanup' | 'checkpoints'>,
    runnable: RunnableAttempt,
  ): Promise<AttemptEnd> {
    await this.judged();
    await this.#gpus.settled();
    if (this.#pumpError !== null) throw this.#pumpError;
    await this.#inherit();
    const [stored] = await this.#study.storage.attempts({ attemptId: this.#attempt.id });
    const judged = judge(outcome, this.#reports, {
      stopRequested: stored?.stopRequested ?? false,
      stopping: this.#stop.signal.aborted,
      pruneReason: this.#pruneReason,
    });
    const wanted = await this.#settle(judged);
    const ran = outcome.kind !== 'not-started' && outcome.kind !== 'infrastructure';
    if (outcome.kind === 'stuck') this.stuck = outcome.pids;
    else if (wanted.state !== 'complete' && ran)
      this.stuck = (await this.#done(cleanup(runnable), 'what it left behind could not be ended')) ?? [];
    // No further attempt runs beside what is left of this one.
    const isStuck = wanted.state === 'queued' && this.stuck.length > 0;
    const verdict = isStuck ? fail(stuckReason(this.stuck), 'failed') : wanted;
    const exitCode = outcome.kind === 'exited' ? outcome.exitCode : null;
    const finishedAtMs = ran ? outcome.finishedAtMs : this.#attempt.startedAtMs;
    if (verdict.state === 'queued') {
      const done = await this.#study.storage.requeue(this.#attempt.id, {
        exitCode,
        reason: verdict.reason,
        cause: causeOf(verdict.unsettled),
        finishedAtMs,
        // Without named steps nobody could tell where the next attempt goes on.
        keepSteps: this.#reports.hasExplicitSteps && ((await checkpoints?.exist(runnable)) ?? false),
        forget: this.#reports.implicitStepMetrics,
      });
      const { unsettled, reason, why } = verdict;
      return done ? { kind: 'queued', unsettled, reason, why } : { kind: 'lost' };
    }
    const { state, values, reason, cause } = verdict;
    const violations = state === 'fail' ? [] : this.#reports.violations();
    const ending: Ending = { state, values, violations, exitCode, reason, cause, finishedAtMs };
    if (!(await this.#study.tell(this.#opened.trial.id, this.#attempt.id, ending))) return { kind: 'lost' };
    await this.#done(checkpoints?.discard(runnable), 'its checkpoints could not be removed');
    const tail = ran ? outcome.logTail : [];
    const feasible = isFeasible(violations);
    return { kind: 'finished', state, values, feasible, violations, reason, finishedAtMs, tail };
  }

  async #done<T>(work: Promise<T> | undefined, trouble: string): Promise<T | undefined> {
    try {
      return await work;
    } catch (error) {
      this.warn(`${trouble}: ${error instanceof Error ? error.message : error}`);
      return undefined;
    }
  }

  /** An attempt that settles nothing is queued again, as often as the trial has chances left. */
  async #settle(judged: Verdict | Open): Promise<Verdict | Queued> {
    if ('state' in judged) return judged;
    const { unsettled, reason } = judged;
    const failed = unsettled === 'failed' || unsettled === 'limit';
    const remembered = failed ? this.#chances.retries > 0 : unsettled === 'lost';
    const past = countEarlierAttempts(
      remembered ? await this.#study.storage.attempts({ trialId: this.#opened.trial.id }) : [],
    );
    const again = nextRetry(unsettled, reason, past, this.#chances);
    return again === null
      ? fail(reason, causeOf(unsettled))
      : { state: 'queued', unsettled, reason: again, why: reason };
  }
}

/** `retries`: further attempts of a trial that fails. `mayRelaunch`: one that did not start is started once more. */
type RetryPolicy = { readonly retries: number; readonly mayRelaunch: boolean };

type Queued = Open & { readonly state: 'queued'; readonly why: string };
