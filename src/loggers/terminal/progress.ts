import { noneLarger, toLosses } from '../../core/losses.js';
import type { Objective } from '../../core/spec.js';
import type { SweepEvent } from '../../study/events.js';
import { durationText, gpuText, numberText, pointsText } from '../words.js';

type Result = { readonly values: readonly number[]; readonly trial: number };

export type Start = {
  readonly objectives: readonly Pick<Objective, 'metric' | 'direction'>[];
  /** Trials that the study will have when the sweep is done; null when nobody knows. */
  readonly total: number | null;
  /** Trials finished before this call. */
  readonly done: number;
  /** Complete trials that there were before, in any order. */
  readonly results: readonly Result[];
  readonly slots: number;
};

export type Running = {
  readonly device: string;
  readonly startedAtMs: number;
  /** The last metrics. */
  text: string;
  /** What it uses of its GPUs; empty while nobody knows. */
  gpu: string;
};

/** What the display knows, drawn from events alone. */
export class Progress {
  readonly start: Start;
  readonly running = new Map<number, Running>();
  #done: number;
  /** Results that none is better than in every objective; with one objective, the best. */
  #front: readonly Result[] = [];
  #endedHere = 0;
  #spentMs = 0;

  constructor(start: Start) {
    this.start = start;
    this.#done = start.done;
    for (const result of start.results) this.#offer(result);
  }

  get done(): number {
    return this.#done;
  }

  note(event: SweepEvent, nowMs: number): void {
    if (event.type === 'trial-started') {
      this.running.set(event.trial, { device: event.device, startedAtMs: nowMs, text: '', gpu: '' });
    } else if (event.type === 'trial-reported') {
      const running = this.running.get(event.trial);
      const step = event.points.findLast((point) => point.step !== null)?.step;
      const newest = event.points.filter((point) => point.step === (step ?? null));
      if (running) running.text = `${step === undefined ? '' : `step ${step}  `}${pointsText(newest)}`;
    } else if (event.type === 'gpu-used') {
      const running = this.running.get(event.trial);
      if (running) running.gpu = gpuText(event.sample);
    } else if (event.type === 'trial-queued' || event.type === 'trial-lost') {
      this.running.delete(event.trial);
    } else if (event.type === 'trial-finished') {
      this.running.delete(event.trial);
      this.#done++;
      this.#endedHere++;
      this.#spentMs += event.durationMs;
      const { values, trial, feasible } = event;
      if (event.state === 'complete' && feasible && values !== null) this.#offer({ values, trial });
    }
  }

  #offer(result: Result): void {
    const directions = this.start.objectives.map(({ direction }) => direction);
    const losses = toLosses(result.values, directions);
    const others = this.#front.map((each) => ({ each, losses: toLosses(each.values, directions) }));
    if (others.some((other) => noneLarger(other.losses, losses))) return;
    const left = others.filter((other) => !noneLarger(losses, other.losses)).map(({ each }) => each);
    this.#front = [...left, result];
  }

  /** `best epoch_accuracy=0.94 (trial 3)`; with several objectives `front of 5, best error=0.06 (trial 3)`. */
  bestText(): string {
    const [first, ...more] = this.start.objectives;
    const [any, ...rest] = this.#front;
    if (!any || !first) return 'no result yet';
    const loss = (result: Result) => toLosses(result.values, [first.direction])[0] as number;
    const best = rest.reduce((a, b) => (loss(b) < loss(a) ? b : a), any);
    const front = more.length > 0 ? `front of ${this.#front.length}, ` : '';
    return `${front}best ${first.metric}=${numberText(best.values[0] as number)} (trial ${best.trial})`;
  }

  /** From the mean duration of this call's trials; empty while nothing is known. */
  leftText(): string {
    const { total, slots } = this.start;
    if (total === null || this.#endedHere === 0) return '';
    const left = Math.max(0, total - this.#done);
    if (left === 0) return '';
    const inHand = Math.min(this.running.size, left) / 2;
    const ms = ((left - inHand) * (this.#spentMs / this.#endedHere)) / Math.max(1, slots);
    return ms < 1000 ? 'less than 1 s left' : `about ${durationText(ms)} left`;
  }

  countText(): string {
    return this.start.total === null ? `${this.#done}` : `${this.#done}/${this.start.total}`;
  }
}
