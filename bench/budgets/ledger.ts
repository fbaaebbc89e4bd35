import type { CurveTable } from './table.js';

/** The epochs of one search: counts what is trained, and knows the best full training after each epoch. */
export type Ledger = {
  /**
   * Trains one configuration up to an epoch and returns its losses from the first on; what a trial has trained already is
   * free. Fewer losses when the budget ends in between. `trial` is any name that is the same for the same checkpoint.
   */
  readonly train: (trial: string, losses: readonly number[], toEpoch: number) => readonly number[];
  readonly left: () => number;
  /** Number of full trainings. */
  readonly complete: () => number;
  /** Returns the lowest loss of a full training after each epoch spent; infinite before the first one. */
  readonly best: () => readonly number[];
};

export function makeLedger({ epochs }: Pick<CurveTable, 'epochs'>, budget: number): Ledger {
  const trained = new Map<string, number>();
  const best: number[] = [];
  let complete = 0;
  return {
    left: () => budget - best.length,
    complete: () => complete,
    best: () => best,
    train(trial, losses, toEpoch) {
      let done = trained.get(trial) ?? 0;
      while (done < Math.min(toEpoch, epochs) && best.length < budget) {
        done++;
        const full = done === epochs ? (losses[done - 1] as number) : Number.NaN;
        if (done === epochs) complete++;
        const before = best.at(-1) ?? Number.POSITIVE_INFINITY;
        best.push(full < before ? full : before);
      }
      trained.set(trial, done);
      return losses.slice(0, Math.min(done, toEpoch));
    },
  };
}
