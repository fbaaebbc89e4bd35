import type { Params } from '../core/distribution.js';
import type { MetricPoint } from '../executors/executor.js';
import type { AttemptCheckpoint } from '../executors/function/checkpoints/trial-checkpoint.js';
import { makeFunctionTrial } from '../executors/function/trial.js';
import type { AttemptStore, OpenedTrial, StudyAttributes, StudyReader } from '../storage/storage.js';
import type { AttemptContext } from '../study/attempt/attempt-context.js';
import { AttemptMetrics } from '../study/attempt/attempt-metrics.js';
import { Suggestions } from '../study/attempt/suggestions.js';
import type { StudyRows } from '../study/study-context.js';
import { makeAttrs } from './attrs.js';
import type { AskedTrial } from './trial-types.js';

export type AskedContext = AttemptContext & StudyRows<AttemptStore & StudyReader & StudyAttributes>;

/** A trial that its asker runs. What it reports and suggests is stored in order, and pruned as in a sweep. */
export class AskedTrialRun {
  readonly trial: AskedTrial;
  readonly id: number;
  readonly #study: AttemptContext;
  readonly #number: number;
  readonly #metrics: AttemptMetrics;
  /** Created when the signal is read: most callers never read it. */
  #stop: AbortController | null = null;
  #last: Promise<void> = Promise.resolve();
  #failed: { readonly error: unknown } | null = null;
  #reason: string | null = null;

  constructor(study: AskedContext, opened: OpenedTrial, saving: AttemptCheckpoint) {
    this.#study = study;
    this.id = opened.trial.id;
    this.#number = opened.trial.number;
    this.#metrics = new AttemptMetrics(study.spec);
    const suggestions = new Suggestions(study, opened);
    const trial = makeFunctionTrial({
      number: opened.trial.number,
      seed: opened.trial.seed ?? study.seedOf(opened.trial.repeat),
      startStep: saving.startStep,
      targetStep: study.spec.maxSteps,
      checkpoint: saving.checkpoint,
      metric: study.spec.objectives[0]?.metric ?? 'objective',
      signal: () => this.#controller.signal,
      params: (): Params => suggestions.params,
      suggest: (name, distribution) => {
        const { value, isNew } = suggestions.suggest(name, distribution);
        if (isNew) this.#queue(() => study.suggest(this.id, null, { name, distribution, value }));
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
      this.#queue(() => study.storage.writeTrialAttributes(id, this.#number, values)),
    );
    this.trial = Object.defineProperty(trial, 'attrs', { value: attrs, enumerable: true }) as AskedTrial;
  }

  get #controller(): AbortController {
    this.#stop ??= new AbortController();
    return this.#stop;
  }

  /** Why the pruner stopped the trial; null when it did not. */
  get pruneReason(): string | null {
    return this.#reason;
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
    if (!(await this.#study.report(this.id, null, stored))) return this.#controller.abort('stopped');
    for (const point of points) await this.#judge(point);
  }

  async #judge(point: MetricPoint): Promise<void> {
    const isJudged = this.#metrics.note(point);
    const { pruner } = this.#study;
    if (!isJudged || point.step === null || !pruner || this.#reason !== null) return;
    const view = {
      number: this.#number,
      state: 'running',
      values: null,
      steps: this.#metrics.steps(),
      ...this.#metrics.judged(),
    } as const;
    const { prune, reason } = await pruner.decide(view, await this.#study.view());
    if (!prune) return;
    this.#reason = reason;
    this.#controller.abort('pruned');
  }
}
