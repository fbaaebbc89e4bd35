import type { Direction } from '../../core/trial.js';
import type { SweepEvent } from '../../study/events.js';
import { durationText, numberText, pointsText } from '../words.js';

export type Start = {
  readonly metric: string;
  readonly direction: Direction;
  /** Trials that the study will have when the sweep is done; null when nobody knows. */
  readonly total: number | null;
  /** Trials finished before this call. */
  readonly done: number;
  readonly best: { readonly value: number; readonly trial: number } | null;
  readonly slots: number;
};

type Running = { readonly device: string; readonly startedAtMs: number; text: string };

/** What the display knows, drawn from events alone. */
export class Progress {
  readonly start: Start;
  readonly running = new Map<number, Running>();
  #done: number;
  #best: Start['best'];
  #endedHere = 0;
  #spentMs = 0;

  constructor(start: Start) {
    this.start = start;
    this.#done = start.done;
    this.#best = start.best;
  }

  get done(): number {
    return this.#done;
  }

  note(event: SweepEvent, nowMs: number): void {
    if (event.type === 'trial-started') {
      this.running.set(event.trial, { device: event.device, startedAtMs: nowMs, text: '' });
    } else if (event.type === 'trial-reported') {
      const running = this.running.get(event.trial);
      const step = event.points.findLast((point) => point.step !== null)?.step;
      const newest = event.points.filter((point) => point.step === (step ?? null));
      if (running) running.text = `${step === undefined ? '' : `step ${step}  `}${pointsText(newest)}`;
    } else if (event.type === 'trial-queued' || event.type === 'trial-lost') {
      this.running.delete(event.trial);
    } else if (event.type === 'trial-finished') {
      this.running.delete(event.trial);
      this.#done++;
      this.#endedHere++;
      this.#spentMs += event.durationMs;
      const counts = event.state === 'complete' && event.feasible;
      if (counts && event.value !== null) this.#offer(event.value, event.trial);
    }
  }

  #offer(value: number, trial: number): void {
    const better =
      this.#best === null ||
      (this.start.direction === 'maximize' ? value > this.#best.value : value < this.#best.value);
    if (better) this.#best = { value, trial };
  }

  /** `best epoch_accuracy=0.94 (trial 3)`. */
  bestText(): string {
    return this.#best
      ? `best ${this.start.metric}=${numberText(this.#best.value)} (trial ${this.#best.trial})`
      : 'no result yet';
  }

  /** From the mean duration of this call's trials; empty while nothing is known. */
  leftText(): string {
    const { total, slots } = this.start;
    if (total === null || this.#endedHere === 0) return '';
    const left = Math.max(0, total - this.#done);
    if (left === 0) return '';
    const inHand = Math.min(this.running.size, left) / 2;
    const ms = ((left - inHand) * (this.#spentMs / this.#endedHere)) / Math.max(1, slots);
    return `about ${durationText(ms)} left`;
  }

  countText(): string {
    return this.start.total === null ? `${this.#done}` : `${this.#done}/${this.start.total}`;
  }
}
