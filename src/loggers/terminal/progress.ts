import type { ExpectedGain } from '../../core/expected-gain.js';
import type { Objective } from '../../core/spec.js';
import type { MetricPoint } from '../../executors/executor.js';
import { bestIn } from '../../results/ranking.js';
import type { SweepEvent } from '../../study/events.js';
import { BestSoFar } from '../best-so-far.js';
import { durationText, gpuText, numberText, paramsText, pointsText } from '../event-messages.js';
import type { ProgressAtStart } from '../study-reader.js';

/** The progress before the sweep, and the parts of the specification that results depend on. */
export type ProgressStart = ProgressAtStart & {
  readonly startedAtMs: number;
  readonly objectives: readonly Pick<Objective, 'metric' | 'direction'>[];
  /** Number of trials of each configuration. */
  readonly repeats: number;
};

export type Running = {
  readonly device: string;
  readonly startedAtMs: number;
  /** The newest metrics. */
  text: string;
  /** Current GPU usage; empty while unknown. */
  gpu: string;
  /** The parameters, as text. */
  readonly params: string;
  /** The newest values of the first objective, in the order in which they came. */
  readonly objective: number[];
  /** The newest step; null before the first. */
  step: number | null;
};

/** Values that a curve of a running trial is drawn from. */
const MAX_CURVE = 40;

/** The state that the display shows, computed from events alone. */
export class Progress {
  readonly start: ProgressStart;
  readonly running = new Map<number, Running>();
  #done: number;
  readonly #best: BestSoFar;
  /** Trials with an attempt that has ended in this sweep. */
  readonly #begun = new Set<number>();
  /** How many attempts have ended in this sweep, and how long they ran. */
  #attempts = 0;
  #spentMs = 0;
  #total: number | null;
  #slots: number;
  #timeoutMs: number | null;
  #isPaused = false;
  #spent: { readonly percent: number; readonly what: string } | null = null;
  #gain: ExpectedGain | null = null;
  /** What paused trials showed when they were paused; null: they were paused before this sweep. */
  readonly #paused = new Map<number, Pick<Running, 'objective' | 'step'> | null>();
  #pruned = 0;
  #failed = 0;
  #infeasible = 0;

  constructor(start: ProgressStart) {
    this.start = start;
    this.#done = start.done;
    this.#total = start.total;
    this.#slots = start.slots;
    this.#timeoutMs = start.timeoutMs;
    for (const trial of start.paused) this.#paused.set(trial, null);
    this.#best = new BestSoFar(start);
  }

  /** Trials that the study will have when the sweep is done; null when nobody knows. */
  get total(): number | null {
    return this.#total;
  }

  get done(): number {
    return this.#done;
  }

  note(event: SweepEvent, nowMs: number): void {
    this.#best.note(event);
    if (event.type === 'trial-started') {
      const { device, params } = event;
      const begun = { device, startedAtMs: nowMs, params: paramsText(params), text: '', gpu: '' };
      // The curve of a trial that was paused continues.
      const { objective, step } = this.#paused.get(event.trial) ?? { objective: [], step: null };
      this.running.set(event.trial, { ...begun, objective: [...objective], step });
      this.#paused.delete(event.trial);
    } else if (event.type === 'trial-reported') {
      const running = this.running.get(event.trial);
      const step = event.points.findLast((point) => point.step !== null)?.step;
      const newest = event.points.filter((point) => point.step === (step ?? null));
      if (running) this.#noteObjective(running, event.points);
      if (running) running.text = `${step === undefined ? '' : `step ${step}  `}${pointsText(newest)}`;
    } else if (event.type === 'gpu-used') {
      const running = this.running.get(event.trial);
      if (running) running.gpu = gpuText(event.sample);
    } else if (event.type === 'trial-requeued' || event.type === 'trial-taken-over') {
      this.running.delete(event.trial);
      this.#paused.delete(event.trial);
    } else if (event.type === 'trial-paused') {
      const { objective = [], step = null } = this.running.get(event.trial) ?? {};
      this.#paused.set(event.trial, { objective, step });
      this.running.delete(event.trial);
      this.#noteAttempt(event);
    } else if (event.type === 'budget-spent') {
      this.#spent = { percent: Math.floor((100 * event.spent) / event.max), what: event.what };
    } else if (event.type === 'terminator-judged') {
      this.#gain = event.gain;
    } else if (event.type === 'limits-changed') {
      this.#total = event.total;
      // Without a limit of their own, as many run at once as when the sweep began.
      const { maxConcurrent, timeoutMs } = event.limits;
      if (maxConcurrent !== undefined) this.#slots = maxConcurrent ?? this.start.slots;
      if (timeoutMs !== undefined) this.#timeoutMs = timeoutMs;
    } else if (event.type === 'sweep-paused' || event.type === 'sweep-resumed') {
      this.#isPaused = event.type === 'sweep-paused';
    } else if (event.type === 'trial-finished') {
      // One that ends while it is paused has been counted.
      if (!this.#paused.delete(event.trial)) this.#noteAttempt(event);
      this.running.delete(event.trial);
      this.#done++;
      const { state } = event;
      if (state === 'pruned') this.#pruned++;
      else if (state === 'fail') this.#failed++;
      else if (!event.feasible) this.#infeasible++;
    }
  }

  #noteAttempt({ trial, durationMs }: { readonly trial: number; readonly durationMs: number }): void {
    this.#begun.add(trial);
    this.#attempts++;
    this.#spentMs += durationMs;
  }

  #noteObjective(running: Running, points: readonly MetricPoint[]): void {
    const metric = this.start.objectives[0]?.metric;
    for (const { name, step, value } of points) {
      if (step === null) continue;
      running.step = step;
      if (name === metric) running.objective.push(value);
    }
    running.objective.splice(0, running.objective.length - MAX_CURVE);
  }

  /** The newest step of a running trial; null when unknown. */
  stepOf(trial: number): number | null {
    return this.running.get(trial)?.step ?? null;
  }

  /** Returns `37 % of the hours spent`; empty without a budget. */
  budgetText(): string {
    return this.#spent === null ? '' : `${this.#spent.percent} % of the ${this.#spent.what} spent`;
  }

  /** Returns `0.002 left to gain (ends below 0.0005)`; empty without a terminator that can tell. */
  gainText(): string {
    if (this.#gain === null) return '';
    const { improvement, limit } = this.#gain;
    return `${numberText(improvement)} left to gain (ends below ${numberText(limit)})`;
  }

  /** Returns `4 paused`; empty without any. */
  pausedText(): string {
    return this.#paused.size === 0 ? '' : `${this.#paused.size} paused`;
  }

  /** Returns `3 pruned, 1 failed, 1 infeasible` of this sweep; empty without any. */
  endedText(): string {
    const counts = { pruned: this.#pruned, failed: this.#failed, infeasible: this.#infeasible };
    return Object.entries(counts)
      .flatMap(([name, count]) => (count > 0 ? [`${count} ${name}`] : []))
      .join(', ');
  }

  /** Returns `best epoch_accuracy=0.94 (trial 3)`; with several objectives `front of 5, best error=0.06 (trial 3)`. */
  bestText(): string {
    const [first, ...more] = this.start.objectives;
    const found = this.#best.found;
    const directions = this.start.objectives.map(({ direction }) => direction);
    const best = bestIn(found, 0, directions);
    if (!best || !first) return 'no result yet';
    const size = more.length > 0 ? `front of ${found.length}, ` : '';
    const trials = best.trials.filter(({ state }) => state === 'complete').map(({ number }) => number);
    const of = trials.length > 1 ? `mean of trials ${trials.join(', ')}` : `trial ${trials[0]}`;
    return `${size}best ${first.metric}=${numberText(best.values?.[0] as number)} (${of})`;
  }

  /**
   * Returns the estimated time left, from what this sweep's trials have taken so far; where the sweep begins no further trial before
   * that, the time until then. Empty while unknown. Or `paused`.
   */
  leftText(nowMs: number): string {
    if (this.#isPaused) return 'paused';
    const leftMs = this.#leftMs();
    const untilMs = this.#timeoutMs === null ? null : this.start.startedAtMs + this.#timeoutMs - nowMs;
    // What runs finishes, however long that takes.
    if (leftMs === 0 || (untilMs !== null && untilMs <= 0)) return '';
    if (untilMs !== null && (leftMs === null || untilMs < leftMs)) return `${etaText(untilMs)} (timeout)`;
    return leftMs === null ? '' : etaText(leftMs);
  }

  /**
   * How long the trials that are left take; null while unknown. A trial that is not begun will take what those that are begun have
   * taken on average, however often they were paused: most stay paused, and few are continued. Paused ones count for nothing more.
   */
  #leftMs(): number | null {
    const total = this.#total;
    if (total === null) return null;
    const left = Math.max(0, total - this.#done);
    if (left === 0) return 0;
    if (this.#attempts === 0) return null;
    const unbegun = Math.max(0, left - this.running.size - this.#paused.size);
    // Running attempts count as half done.
    const halves = Math.min(this.running.size, left) / 2;
    const perTrialMs = this.#spentMs / this.#begun.size;
    const perAttemptMs = this.#spentMs / this.#attempts;
    return (unbegun * perTrialMs + halves * perAttemptMs) / Math.max(1, this.#slots);
  }

  countText(): string {
    // The last configuration is completed: where another was pruned early, beyond the total.
    return this.#total === null ? `${this.#done}` : `${this.#done}/${Math.max(this.#total, this.#done)}`;
  }
}

function etaText(ms: number): string {
  return ms < 1000 ? 'ETA less than 1 s' : `ETA ${durationText(ms)}`;
}
