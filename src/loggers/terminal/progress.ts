import { isFeasible } from '../../core/metric-constraints.js';
import type { Objective } from '../../core/spec.js';
import { combine, type TrialResult } from '../../results/combine.js';
import { bestIn, front, type Rankable, ranked } from '../../results/ranking.js';
import type { SweepEvent } from '../../study/events.js';
import { durationText, gpuText, numberText, pointsText } from '../event-messages.js';

/** A trial that has ended. */
export type EndedTrial = TrialResult & { readonly number: number };
/** What is known of a configuration whose trials have ended. */
type Result = Omit<Rankable, 'trials'> & { readonly trials: readonly EndedTrial[] };

export type Start = {
  readonly objectives: readonly Pick<Objective, 'metric' | 'direction'>[];
  /** Trials that the study will have when the sweep is done; null when nobody knows. */
  readonly total: number | null;
  /** Trials finished before this call. */
  readonly done: number;
  /** Trials that a configuration has when it is whole. */
  readonly repeats: number;
  /** Trials that had ended before, by configuration, of which the number is null where another program made it. */
  readonly configurations: readonly {
    readonly number: number | null;
    readonly trials: readonly EndedTrial[];
  }[];
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
  /** The best configuration, or with several objectives the front, as `results/ranking.ts` says. */
  #best: readonly Result[] = [];
  /** Ended trials of configurations whose repeats have not all ended: the first of them may be luck. */
  readonly #partial = new Map<number, readonly EndedTrial[]>();
  readonly #configurationOf = new Map<number, number>();
  #endedHere = 0;
  #spentMs = 0;

  constructor(start: Start) {
    this.start = start;
    this.#done = start.done;
    for (const { number, trials } of start.configurations)
      if (number === null || trials.length >= start.repeats) this.#offer(trials);
      else this.#partial.set(number, trials);
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
    } else if (event.type === 'trial-finished') {
      this.running.delete(event.trial);
      this.#done++;
      this.#endedHere++;
      this.#spentMs += event.durationMs;
      const { values, trial: number, state, violations } = event;
      const configuration = this.#configurationOf.get(number) ?? number;
      this.#configurationOf.delete(number);
      this.#end(configuration, { number, state, values, violations });
    }
  }

  /** A configuration is shown once all its repeats have ended: until then its mean may be a lucky seed's. */
  #end(configuration: number, trial: EndedTrial): void {
    const trials = [...(this.#partial.get(configuration) ?? []), trial];
    if (trials.length < this.start.repeats) this.#partial.set(configuration, trials);
    else {
      this.#partial.delete(configuration);
      this.#offer(trials);
    }
  }

  #offer(trials: readonly EndedTrial[]): void {
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

  /** `best epoch_accuracy=0.94 (trial 3)`; with several objectives `front of 5, best error=0.06 (trial 3)`. */
  bestText(): string {
    const [first, ...more] = this.start.objectives;
    const best = bestIn(this.#best, 0, this.#directions);
    if (!best || !first) return 'no result yet';
    const size = more.length > 0 ? `front of ${this.#best.length}, ` : '';
    const trials = best.trials.filter(({ state }) => state === 'complete').map(({ number }) => number);
    const of = trials.length > 1 ? `mean of trials ${trials.join(', ')}` : `trial ${trials[0]}`;
    return `${size}best ${first.metric}=${numberText(best.values?.[0] as number)} (${of})`;
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
