import type { OpenedTrial, PredictedIndex } from '../../storage/storage.js';

/**
 * The place that the next ask of a study gets if no other process comes before it. A sampler that looks at no results
 * is asked for this place outside any transaction, and one transaction stores what it said or finds the place taken.
 */
export class IndexPrediction {
  #next: PredictedIndex | null = null;

  /** Null when nothing is known. Whoever asks meanwhile, before this one has its answer, gets the place after it. */
  predict(): PredictedIndex | null {
    const place = this.#next;
    if (place) this.#next = { index: place.index + 1, trialNumber: place.trialNumber + 1 };
    return place;
  }

  /** A place came out as another one: what follows from it is wrong as well. */
  reset(): void {
    this.#next = null;
  }

  /** A configuration was opened in two steps, so this comes next. */
  observe({ config, trial }: OpenedTrial): void {
    this.#next = { index: config.index + 1, trialNumber: trial.number + 1 };
  }

  /** One more trial of a configuration took a number and no index. */
  observeRepeat({ trial }: OpenedTrial): void {
    if (this.#next?.trialNumber === trial.number)
      this.#next = { ...this.#next, trialNumber: trial.number + 1 };
  }
}
