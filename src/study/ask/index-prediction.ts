import type { OpenedAndReserved, OpenedTrial, PredictedIndex, ReservedIndex } from '../../storage/storage.js';

/**
 * Knows the index of the next ask of a study before it asks, for samplers that ignore results: they are asked for it outside any
 * transaction. A process that is alone predicts the index; one transaction then stores the configuration or finds the index taken.
 * After that it is not alone: then each ask reserves the index of the one after it.
 */
export class IndexPrediction {
  #next: PredictedIndex | null = null;
  #isAlone = true;
  #reserved: ReservedIndex[] = [];
  #knownUpTo = 0;

  /** Returns null when nothing is known. A second call before the first ask has ended gets the index after it. */
  predict(): PredictedIndex | null {
    const predicted = this.#isAlone ? this.#next : null;
    if (predicted) this.#next = { index: predicted.index + 1, trialNumber: predicted.trialNumber + 1 };
    return predicted;
  }

  /** Whether another process was found to ask too. */
  get isShared(): boolean {
    return !this.#isAlone;
  }

  /** All trials up to this id are hpo's own. */
  get knownUpTo(): number {
    return this.#knownUpTo;
  }

  /** The index was taken: another process asks. */
  noteTaken(): void {
    this.#isAlone = false;
    this.reset();
  }

  /** Returns an index that an earlier ask has reserved for this one, or null. */
  takeReserved(): ReservedIndex | null {
    return this.#reserved.shift() ?? null;
  }

  /** A configuration was opened, and the next index reserved. */
  continueWith({ opened, next }: OpenedAndReserved): void {
    this.#knownUpTo = opened.trial.id;
    if (next) this.#reserved.push(next);
  }

  /** Another program opens trials too: a process that asks must see them. */
  noteForeign(): void {
    this.#isAlone = true;
    this.reset();
  }

  /** Discards the prediction after it turned out wrong. */
  reset(): void {
    this.#next = null;
  }

  /** A configuration was opened under a reserved index, and all trials are hpo's own: the next one follows it. */
  observe({ config, trial }: OpenedTrial): void {
    this.#knownUpTo = trial.id;
    this.#next = { index: config.index + 1, trialNumber: trial.number + 1 };
  }

  /** A repeat was opened: it took a trial number and no index. */
  observeRepeat({ trial }: OpenedTrial): void {
    if (this.#next?.trialNumber === trial.number)
      this.#next = { ...this.#next, trialNumber: trial.number + 1 };
  }
}
