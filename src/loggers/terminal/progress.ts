import { isFeasible } from '../../core/metric-constraints.js';
import type { Objective } from '../../core/spec.js';
import { combine } from '../../results/combine.js';
import { bestIn, front, type Rankable, ranked } from '../../results/ranking.js';
import type { SweepEvent } from '../../study/events.js';
import { durationText, gpuText, numberText, pointsText } from '../event-messages.js';
import type { FinishedTrial, ProgressAtStart } from '../study-reader.js';

/** The result of a configuration whose trials have finished. */
type Result = Omit<Rankable, 'trials'> & { readonly trials: readonly FinishedTrial[] };

/** The progress before the sweep, and the parts of the specification that results depend on. */
export type ProgressStart = ProgressAtStart & {
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
};

/** The state that the display shows, computed from events alone. */
export class Progress {
  readonly start: ProgressStart;
  readonly running = new Map<number, Running>();
  #done: number;
  /** The best configuration, or with several objectives the Pareto front. */
  #best: readonly Result[] = [];
  /** Finished trials of configurations with unfinished repeats. */
  readonly #partial = new Map<number, readonly FinishedTrial[]>();
  readonly #configurationOf = new Map<number, number>();
  #finishedHere = 0;
  #spentMs = 0;
  #total: number | null;
  #isPaused = false;

  constructor(start: ProgressStart) {
    this.start = start;
    this.#done = start.done;
    this.#total = start.total;
    for (const { number, trials } of start.configurations)
      if (number === null || trials.length >= start.repeats) this.#offer(trials);
      else this.#partial.set(number, trials);
  }

  /** Trials that the study will have when the sweep is done; null when nobody knows. */
  get total(): number | null {
    return this.#total;
  }

  get done(): number {
    return this.#done;
  }

  note(event: SweepEvent, nowMs: number): void {
    if (event.type === 'trial-started') {
      this.#configurationOf.set(event.trial, event.configuration);
      this.running.set(event.trial, { device: event.device, startedAtMs: nowMs, text: '', gpu: '' });
    } else if (event.type === 'trial-reported') {
      const running = this.running.get(event.trial);
      const step = event.points.findLast((point) => point.step !== null)?.step;
      const newest = event.points.filter((point) => point.step === (step ?? null));
      if (running) running.text = `${step === undefined ? '' : `step ${step}  `}${pointsText(newest)}`;
    } else if (event.type === 'gpu-used') {
      const running = this.running.get(event.trial);
      if (running) running.gpu = gpuText(event.sample);
    } else if (event.type === 'trial-requeued' || event.type === 'trial-taken-over') {
      this.running.delete(event.trial);
    } else if (event.type === 'limits-changed') {
      this.#total = event.total;
    } else if (event.type === 'sweep-paused' || event.type === 'sweep-resumed') {
      this.#isPaused = event.type === 'sweep-paused';
    } else if (event.type === 'trial-finished') {
      this.running.delete(event.trial);
      this.#done++;
      this.#finishedHere++;
      this.#spentMs += event.durationMs;
      const { values, trial: number, state, violations } = event;
      const configuration = this.#configurationOf.get(number) ?? number;
      this.#configurationOf.delete(number);
      this.#add(configuration, { number, state, values, violations });
    }
  }

  /** Counts a configuration once all its repeats have finished: until then its mean may come from a lucky seed. */
  #add(configuration: number, trial: FinishedTrial): void {
    const trials = [...(this.#partial.get(configuration) ?? []), trial];
    if (trials.length < this.start.repeats) this.#partial.set(configuration, trials);
    else {
      this.#partial.delete(configuration);
      this.#offer(trials);
    }
  }

  #offer(trials: readonly FinishedTrial[]): void {
    const known = [...this.#best, { ...combine(trials), trials }];
    const rules = { directions: this.#directions, repeats: this.start.repeats };
    this.#best =
      rules.directions.length > 1
        ? front(known, rules)
        : ranked(known, rules)
            .slice(0, 1)
            .filter(({ violations }) => isFeasible(violations));
  }

  get #directions() {
    return this.start.objectives.map(({ direction }) => direction);
  }

  /** Returns `best epoch_accuracy=0.94 (trial 3)`; with several objectives `front of 5, best error=0.06 (trial 3)`. */
  bestText(): string {
    const [first, ...more] = this.start.objectives;
    const best = bestIn(this.#best, 0, this.#directions);
    if (!best || !first) return 'no result yet';
    const size = more.length > 0 ? `front of ${this.#best.length}, ` : '';
    const trials = best.trials.filter(({ state }) => state === 'complete').map(({ number }) => number);
    const of = trials.length > 1 ? `mean of trials ${trials.join(', ')}` : `trial ${trials[0]}`;
    return `${size}best ${first.metric}=${numberText(best.values?.[0] as number)} (${of})`;
  }

  /** Returns the estimated time left, from the mean duration of this sweep's trials; empty while unknown. Or `paused`. */
  leftText(): string {
    if (this.#isPaused) return 'paused';
    const { slots } = this.start;
    const total = this.#total;
    if (total === null || this.#finishedHere === 0) return '';
    const left = Math.max(0, total - this.#done);
    if (left === 0) return '';
    // Running trials count as half done.
    const halfDone = Math.min(this.running.size, left) / 2;
    const ms = ((left - halfDone) * (this.#spentMs / this.#finishedHere)) / Math.max(1, slots);
    return ms < 1000 ? 'less than 1 s left' : `about ${durationText(ms)} left`;
  }

  countText(): string {
    return this.#total === null ? `${this.#done}` : `${this.#done}/${this.#total}`;
  }
}
