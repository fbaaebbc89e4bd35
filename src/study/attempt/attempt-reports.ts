import type { Distribution, ParamValue } from '../../core/distribution.js';
import { inheritedPoints, isInheritedStep } from '../../core/metric-inheritance.js';
import type { MetricPoint, StopReason } from '../../executors/executor.js';
import type { AttemptRecord, OpenedTrial, Suggested } from '../../storage/storage.js';
import type { Emit } from '../events.js';
import { isDatabaseLost } from '../sweep/disk-space-guard.js';
import type { AttemptContext } from './attempt-context.js';
import { AttemptMetrics } from './attempt-metrics.js';
import type { Resumability } from './resumability.js';
import { StepJudge } from './step-judge.js';
import { Suggestions } from './suggestions.js';
import { TargetWatch } from './target-watch.js';

/** With more points than this to store, an executor waits before it reads on. */
const MAX_PENDING = 10_000;

type Reporting = {
  readonly study: AttemptContext;
  readonly opened: OpenedTrial;
  readonly attempt: AttemptRecord;
  readonly emit: Emit;
  /** Asks for the attempt's end. */
  readonly stop: (reason: StopReason) => void;
  readonly resumability: Resumability;
};

/**
 * Stores what an attempt reports and suggests, in order, and asks the pruner at each step of the objective. Decisions depend
 * on the order of reports alone, not on how they were batched.
 */
export class AttemptReports {
  readonly #study: AttemptContext;
  readonly #opened: OpenedTrial;
  readonly #attempt: AttemptRecord;
  readonly #emit: Emit;
  readonly #stop: (reason: StopReason) => void;
  readonly #suggestions: Suggestions;
  readonly #resumability: Resumability;
  readonly #watch: TargetWatch | null;
  readonly #judge: StepJudge;
  readonly metrics: AttemptMetrics;
  #suggested: Suggested[] = [];
  #pending: MetricPoint[] = [];
  #storing: Promise<void> | null = null;
  #inheriting: Promise<void> | null = null;
  #error: unknown = null;
  #pruneReason: string | null = null;
  #isPausing = false;
  /** Steps of the first objective that were judged before the reports come again. */
  #judgedSteps: ReadonlyMap<number, number> = new Map();

  constructor({ study, opened, attempt, emit, stop, resumability }: Reporting) {
    this.#study = study;
    this.#opened = opened;
    this.#attempt = attempt;
    this.#emit = emit;
    this.#stop = stop;
    this.#suggestions = new Suggestions(study, opened);
    this.metrics = new AttemptMetrics(study.spec);
    const { number: trial } = opened.trial;
    const { token, handle, targetStep } = attempt;
    const { checkpoints } = resumability;
    this.#resumability = resumability;
    this.#watch =
      checkpoints && new TargetWatch(checkpoints, { trial, token, handle }, () => this.#beginPause());
    this.#judge = new StepJudge({ study, trial, targetStep, watch: this.#watch, resumability });
  }

  /** Whether the attempt is ended because it passed its target step. */
  get isPausing(): boolean {
    return this.#isPausing;
  }

  /** Whether it passed its target step and trains to its end. */
  get ignoresTarget(): boolean {
    return this.#judge.ignoresTarget;
  }

  /** The attempt has ended: nothing is watched any more. */
  close(): void {
    this.#watch?.close();
  }

  /** Why the pruner stopped the attempt; null when it did not. */
  get pruneReason(): string | null {
    return this.#pruneReason;
  }

  /** The executor knows that the state of a step is saved. */
  noteSaved(step: number): void {
    this.#resumability.noteSaved();
    this.#watch?.noteSaved(step);
  }

  add(points: readonly MetricPoint[]): void {
    // How much comes after the decision to prune depends on how fast the trainer ended: it is not kept.
    if (this.#pruneReason !== null || points.length === 0) return;
    this.#pending.push(...points);
    this.#storing ??= this.#store();
  }

  /** Returns the value of a parameter that the trial names itself. @throws HpoError as `Suggestions.suggest`. */
  suggest(name: string, distribution: Distribution): ParamValue {
    const { value, isNew } = this.#suggestions.suggest(name, distribution);
    if (isNew) this.#suggested.push({ name, distribution, value });
    if (isNew) this.#storing ??= this.#store();
    return value;
  }

  /** Resolves when few enough points are left to store. */
  async drain(): Promise<void> {
    if (this.#pending.length > MAX_PENDING) await this.#storing;
  }

  /** Resolves when all that was reported is stored and the pruner has judged it. */
  async settled(): Promise<void> {
    while (this.#storing) await this.#storing;
  }

  /** Resolves when `metrics` holds everything, values of earlier attempts included. Rejects when a report was not stored. */
  async complete(): Promise<void> {
    await this.settled();
    if (this.#error !== null) throw this.#error;
    await this.#inherit();
  }

  /** Every report comes again from the first. Resolves once those so far are judged: they are not judged again. */
  async expectRepeats(): Promise<void> {
    await this.settled();
    this.#judgedSteps = new Map(this.metrics.steps());
  }

  #inherit(): Promise<void> {
    this.#inheriting ??= this.#readInherited();
    return this.#inheriting;
  }

  async #readInherited(): Promise<void> {
    if (this.#attempt.inherited.length === 0) return;
    const { storage, id } = this.#study;
    const stored = await storage.metrics(id, this.#opened.trial.number);
    this.metrics.inherit(inheritedPoints(stored, this.#attempt));
  }

  async #store(): Promise<void> {
    try {
      await this.#inherit();
      while (this.#pending.length + this.#suggested.length > 0) {
        for (const suggested of this.#suggested.splice(0))
          if (!(await this.#study.suggest(this.#opened.trial.id, this.#attempt.id, suggested)))
            return this.#stop(await this.#whyRefused());
        const points = await this.#prunedPrefix(this.#pending.splice(0));
        const objective = this.#study.spec.objectives[0]?.metric;
        const marked = points.map((point) => ({ ...point, objective: point.name === objective }));
        const { trial } = this.#opened;
        if (!(await this.#study.report(trial.id, this.#attempt.id, marked)))
          return this.#stop(await this.#whyRefused());
        this.#emit({ type: 'trial-reported', trial: trial.number, points });
        if (this.#pruneReason !== null) this.#beginPruning(this.#pruneReason);
      }
    } catch (error) {
      this.#error = error;
      // Without the database the trainer is left running: the next call reads what it printed.
      if (!isDatabaseLost(error)) this.#stop('stopped');
    } finally {
      this.#storing = null;
    }
  }

  /** Whether another worker follows the attempt, or its trial has ended. */
  async #whyRefused(): Promise<StopReason> {
    const [stored] = await this.#study.storage.attempts({ attemptId: this.#attempt.id });
    const runs = stored !== undefined && stored.finishedAtMs === null;
    return runs ? 'taken-over' : 'stopped';
  }

  /** Returns the points up to the one at which the pruner stops the attempt. */
  async #prunedPrefix(points: readonly MetricPoint[]): Promise<readonly MetricPoint[]> {
    for (const [at, point] of points.entries()) {
      const isObjective = this.metrics.note(point);
      const { step } = point;
      if (!isObjective || step === null) continue;
      this.#resumability.noteStep();
      if (this.#isPausing || !this.#judge.isNeeded(point)) continue;
      const steps = this.metrics.steps();
      // With several objectives the last of them at a step is judged; reports are known by the first.
      const isKnown = this.#wasJudged({ ...point, value: steps.get(step) ?? point.value });
      const judgement = await this.#judge.judge({
        point: { ...point, step },
        steps,
        others: this.metrics.judged(),
        isKnown,
      });
      if (judgement.kind === 'pause') this.#beginPause();
      if (judgement.kind !== 'prune') continue;
      this.#pruneReason = judgement.reason;
      this.#pending = [];
      return points.slice(0, at + 1);
    }
    return points;
  }

  /**
   * A reattached attempt reports every step again, and one that resumed from a checkpoint may repeat some. A report that was
   * not pruned is not evaluated again against newer peers.
   */
  #wasJudged({ step, value }: MetricPoint): boolean {
    const { steps } = this.#opened.trial;
    if (step !== null && Object.is(this.#judgedSteps.get(step), value + 0)) return true;
    if (step === null || !steps.has(step) || step === [...steps.keys()].at(-1)) return false;
    return !isInheritedStep(step, this.#attempt.firstStep) || Object.is(steps.get(step), value + 0);
  }

  /** What it reports until it has ended is kept. */
  #beginPause(): void {
    if (this.#isPausing || this.#pruneReason !== null) return;
    this.#isPausing = true;
    this.#watch?.close();
    this.#stop('paused');
  }

  #beginPruning(reason: string): void {
    this.#emit({ type: 'trial-pruning', trial: this.#opened.trial.number, reason });
    this.#stop('pruned');
  }
}
