import { fileURLToPath } from 'node:url';
import { families } from './families.js';
import { heldOut } from './held-out.js';
import type { Plan } from './searcher.js';
import type { Family } from './table.js';
import { measured, readTable } from './table-file.js';

const MNIST = fileURLToPath(new URL('./data/mnist.json', import.meta.url));
const FIRST_SEED = 1000;
/** Trials of at most this many epochs are short. */
const SHORT_EPOCHS = 10;

/** Where searches are compared. */
export type Checkpoints = {
  /** Epochs spent. */
  readonly epochs: readonly number[];
  /** The share of the epochs with which a scheduler should reach what the sampler alone reaches with all of them. */
  readonly share: number;
};

/** Returns the checkpoints of a family: 30, 50 and 100 full trainings of few epochs, or 10, 20 and 50 of many. */
export function checkpointsOf({ epochs }: Family): Checkpoints {
  const short = epochs <= SHORT_EPOCHS;
  return {
    epochs: (short ? [30, 50, 100] : [10, 20, 50]).map((trainings) => trainings * epochs),
    share: short ? 0.5 : 0.3,
  };
}

/** Returns the families and seeds to measure; `table` is a file of curves to measure instead. */
export function makePlan(table: string | undefined, seeds: number): Plan {
  const mnist = () => readTable(MNIST);
  return {
    families:
      table === undefined
        ? [measured(mnist(), 5), measured(mnist(), 27), ...families, ...heldOut]
        : [measured(readTable(table))],
    seeds: Array.from({ length: seeds }, (_, k) => FIRST_SEED + k),
    budgetOf: (family) => checkpointsOf(family).epochs.at(-1) as number,
  };
}
