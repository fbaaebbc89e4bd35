import type { OpenedTrial, PredictedIndex } from '../../storage/storage.js';

/**
 * Predicts the index that the next ask of a study gets when no other process asks first. A sampler that ignores results
 * is asked for this index outside any transaction. One transaction then stores the configuration or finds the index taken.
 */
export class IndexPrediction {
  #next: PredictedIndex | null = null;

  /** Returns null when nothing is known. A second call before the first ask has ended gets the index after it. */
  predict(): PredictedIndex | null {
    const predicted = this.#next;
    if (predicted) this.#next = { index: predicted.index + 1, trialNumber: predicted.trialNumber + 1 };
    return predicted;
  }

  /** Discards the prediction after it turned out wrong. */
  reset(): void {
    this.#next = null;
  }

  /** A configuration was opened under a reserved index: the next one follows it. */
  observe({ config, trial }: OpenedTrial): void {
    this.#next = { index: config.index + 1, trialNumber: trial.number + 1 };
  }

  /** A repeat was opened: it took a trial number and no index. */
  observeRepeat({ trial }: OpenedTrial): void {
    if (this.#next?.trialNumber === trial.number)
      this.#next = { ...this.#next, trialNumber: trial.number + 1 };
  }
}
