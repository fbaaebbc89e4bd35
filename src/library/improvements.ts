import type { ResultsFeed } from '../results/results-feed.js';
import { toNamed } from './study-results.js';
import type { StudyEvents } from './study-types.js';

type Improved = StudyEvents<object>['improved'];

/** Calls listeners when a trial makes its configuration the best one, or brings it onto the Pareto front. */
export class Improvements {
  readonly #results: Pick<ResultsFeed, 'read'>;
  readonly #metrics: () => readonly string[];
  readonly #listeners = new Set<(event: Improved) => unknown>();
  #checking: Promise<unknown> = Promise.resolve();

  constructor(results: Pick<ResultsFeed, 'read'>, metrics: () => readonly string[]) {
    this.#results = results;
    this.#metrics = metrics;
  }

  /** Returns a function that removes the listener. */
  add(listener: (event: Improved) => unknown): () => void {
    // Each call counts by itself, even with one function.
    const own = (event: Improved) => listener(event);
    this.#listeners.add(own);
    return () => void this.#listeners.delete(own);
  }

  get isWanted(): boolean {
    return this.#listeners.size > 0;
  }

  /** Looks at a complete trial, after those before. Rejects with what a listener throws. */
  check(number: number): Promise<void> {
    const checked = this.#checking.then(() => this.#check(number));
    this.#checking = checked.catch(() => {});
    return checked;
  }

  async #check(number: number): Promise<void> {
    const metrics = this.#metrics();
    const results = await this.#results.read();
    const best = metrics.length > 1 ? results.front() : results.best(1);
    const found = best.find(({ trials, feasible }) => feasible && trials.includes(number));
    if (!found) return;
    const event = { params: found.params, values: toNamed(metrics, found.values), number };
    for (const listener of [...this.#listeners]) await listener(event);
  }
}
