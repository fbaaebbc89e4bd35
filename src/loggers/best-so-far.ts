import { isFeasible } from '../core/metric-constraints.js';
import type { Objective } from '../core/spec.js';
import { combine } from '../results/combine.js';
import { front, type Rankable, ranked } from '../results/ranking.js';
import type { SweepEvent } from '../study/events.js';
import type { FinishedTrial, ProgressAtStart } from './study-reader.js';

/** The result of a configuration whose trials have finished. */
export type Result = Omit<Rankable, 'trials'> & { readonly trials: readonly FinishedTrial[] };

type Start = Pick<ProgressAtStart, 'configurations'> & {
  readonly objectives: readonly Pick<Objective, 'direction'>[];
  /** Number of trials of each configuration. */
  readonly repeats: number;
};

/** The best configuration so far, or with several objectives the Pareto front, from events alone. */
export class BestSoFar {
  readonly #start: Start;
  #found: readonly Result[] = [];
  /** Finished trials of configurations with unfinished repeats. */
  readonly #partial = new Map<number, readonly FinishedTrial[]>();
  readonly #configurationOf = new Map<number, number>();

  constructor(start: Start) {
    this.#start = start;
    for (const { number, trials } of start.configurations)
      if (number === null || trials.length >= start.repeats) this.#offer(trials);
      else this.#partial.set(number, trials);
  }

  get found(): readonly Result[] {
    return this.#found;
  }

  /** Returns the configuration that the event made the best, or that joined the front; null: none. */
  note(event: SweepEvent): Result | null {
    if (event.type === 'trial-started') this.#configurationOf.set(event.trial, event.configuration);
    if (event.type !== 'trial-finished') return null;
    const { trial: number, state, values, violations } = event;
    const configuration = this.#configurationOf.get(number) ?? number;
    this.#configurationOf.delete(number);
    return this.#add(configuration, { number, state, values, violations });
  }

  /** Counts a configuration once all its repeats have finished: until then its mean may come from a lucky seed. */
  #add(configuration: number, trial: FinishedTrial): Result | null {
    const trials = [...(this.#partial.get(configuration) ?? []), trial];
    if (trials.length < this.#start.repeats) {
      this.#partial.set(configuration, trials);
      return null;
    }
    this.#partial.delete(configuration);
    return this.#offer(trials);
  }

  #offer(trials: readonly FinishedTrial[]): Result | null {
    const result = { ...combine(trials), trials };
    const known = [...this.#found, result];
    const directions = this.#start.objectives.map(({ direction }) => direction);
    const rules = { directions, repeats: this.#start.repeats };
    this.#found =
      directions.length > 1
        ? front(known, rules)
        : ranked(known, rules)
            .slice(0, 1)
            .filter(({ violations }) => isFeasible(violations));
    return this.#found.includes(result) && result.values !== null ? result : null;
  }
}
