import type { Params } from '../core/distribution.js';
import { lastStep, newestStep } from '../core/last-step.js';
import type { MetricPoint, StopReason } from '../executors/executor.js';
import type { AttemptCheckpoint } from '../executors/function/checkpoints/trial-checkpoint.js';
import { makeFunctionTrial } from '../executors/function/trial.js';
import type { AttemptStore, OpenedTrial, StudyAttributes, StudyReader } from '../storage/storage.js';
import type { AttemptContext } from '../study/attempt/attempt-context.js';
import { AttemptMetrics } from '../study/attempt/attempt-metrics.js';
import { decideStep } from '../study/attempt/step-decision.js';
import { Suggestions } from '../study/attempt/suggestions.js';
import type { StudyRows } from '../study/study-context.js';
import { makeAttrs } from './attrs.js';
import { stopError } from './stop-errors.js';
import type { AskedTrial } from './trial-types.js';

export type AskedContext = AttemptContext & StudyRows<AttemptStore & StudyReader & StudyAttributes>;

type Asking = {
  readonly study: AskedContext;
  readonly opened: OpenedTrial;
  readonly saving: AttemptCheckpoint;
  readonly startStep: number;
  /** What the trial has reported up to its first step. */
  readonly reported: readonly MetricPoint[];
};

/** A trial that its asker runs. What it reports and suggests is stored in order, and pruned as in a sweep. */
export class AskedTrialRun {
  readonly trial: AskedTrial;
  readonly id: number;
  /** Null where no scheduler pauses trials. */
  readonly attemptId: number | null;
  /** The step at which it is to be paused; null: it runs to its end. */
  readonly targetStep: number | null;
  readonly #study: AttemptContext;
  readonly number: number;
  readonly #reported: readonly MetricPoint[];
  /** Made when something is reported or read: most programs that ask for trials report nothing. */
  #made: AttemptMetrics | null = null;
  /** Created when the signal is read: most callers never read it. */
  #stop: AbortController | null = null;
  #last: Promise<void> = Promise.resolve();
  #failed: { readonly error: unknown } | null = null;
  #reason: string | null = null;
  #isPausing = false;

  constructor({ study, opened, saving, startStep, reported }: Asking) {
    this.#study = study;
    this.id = opened.trial.id;
    this.attemptId = opened.attempt?.id ?? null;
    this.targetStep = opened.attempt?.targetStep ?? null;
    this.number = opened.trial.number;
    this.#reported = reported;
    const suggestions = new Suggestions(study, opened);
    const trial = makeFunctionTrial({
      number: opened.trial.number,
      seed: opened.trial.seed ?? study.seedOf(opened.trial.repeat),
      startStep,
      targetStep: this.targetStep ?? study.spec.maxSteps,
      checkpoint: saving.checkpoint,
      metric: study.spec.objectives[0]?.metric ?? 'objective',
      signal: () => this.#controller.signal,
      params: (): Params => suggestions.params,
      suggest: (name, distribution) => {
        const { value, isNew } = suggestions.suggest(name, distribution);
        const suggested = { name, distribution, value };
        if (isNew) this.#queue(() => study.suggest(this.id, this.attemptId, suggested));
        return value;
      },
      report: (points) => {
        const step = points[0]?.step ?? null;
        if (step !== null) saving.noteReport(step);
        this.#queue(() => this.#store(points));
      },
      settled: () => this.settled(),
    });
    const { id } = study;
    const attrs = makeAttrs((values) =>
      this.#queue(() => study.storage.writeTrialAttributes(id, this.number, values)),
    );
    this.trial = Object.defineProperty(trial, 'attrs', { value: attrs, enumerable: true }) as AskedTrial;
  }

  get #metrics(): AttemptMetrics {
    if (this.#made === null) {
      this.#made = new AttemptMetrics(this.#study.spec);
      for (const point of this.#reported) this.#made.note(point);
    }
    return this.#made;
  }

  get #controller(): AbortController {
    this.#stop ??= new AbortController();
    return this.#stop;
  }

  /** The newest step that it has reported; null before the first. */
  get newestStep(): number | null {
    return newestStep(this.#metrics.steps());
  }

  /** Why the pruner or the scheduler stopped the trial; null when it did not. */
  get pruneReason(): string | null {
    return this.#reason;
  }

  /** Whether it was asked to end because it is paused. */
  get isPausing(): boolean {
    return this.#isPausing;
  }

  /** The values of a pruned trial: the last number of each objective; null when one has none. */
  get lastValues(): readonly number[] | null {
    const values = this.#metrics.lastFeasible();
    return values.some((value) => value === null) ? null : (values as number[]);
  }

  /** Resolves when everything is stored; rejects with the first error. */
  async settled(): Promise<void> {
    await this.#last;
    if (this.#failed) throw this.#failed.error;
  }

  #queue(work: () => Promise<unknown>): void {
    this.#last = this.#last.then(async () => {
      if (this.#failed) return;
      try {
        await work();
      } catch (error) {
        this.#failed = { error };
      }
    });
  }

  async #store(points: readonly MetricPoint[]): Promise<void> {
    // As in a sweep, what comes after the decision to prune is not kept.
    if (this.#reason !== null) return;
    const { objectives } = this.#study.spec;
    const stored = points.map((point) => ({ ...point, objective: point.name === objectives[0]?.metric }));
    if (!(await this.#study.report(this.id, this.attemptId, stored))) return this.#abort('stopped');
    for (const point of points) await this.#judge(point);
  }

  async #judge({ step, ...point }: MetricPoint): Promise<void> {
    const isJudged = this.#metrics.note({ ...point, step });
    if (!isJudged || step === null || this.#reason !== null || this.#isPausing) return;
    const study = this.#study;
    if (study.pruner === null && study.scheduler === null) return;
    const trial = {
      number: this.number,
      state: 'running',
      values: null,
      steps: this.#metrics.steps(),
      ...this.#metrics.judged(),
    } as const;
    const view = await study.view();
    const last = lastStep(view, trial);
    const isLast = last !== null && step >= last;
    const decided = await decideStep({ study, view, trial, isLast, resumable: true, canExploit: false });
    if (decided.kind === 'prune') return this.#prune(decided.reason);
    // A trial ends by itself after its last step.
    if (isLast) return;
    if (decided.kind !== 'pause' && (this.targetStep === null || step < this.targetStep)) return;
    this.#isPausing = true;
    this.#abort('paused');
  }

  #abort(reason: StopReason): void {
    this.#controller.abort(stopError(this.number, reason));
  }

  #prune(reason: string): void {
    this.#reason = reason;
    this.#abort('pruned');
  }
}
