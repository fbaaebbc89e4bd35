import type { CurveTable, Family } from './table.js';

/** An optimizer whose results are kept. */
export type Searcher = {
  readonly name: string;
  readonly title: string;
  /** Changes whenever its results may: results that were kept before are then not used. */
  readonly revision: string | number;
  /** Searchers are measured in three passes: the important, the others, and those that take a minute for each search. */
  readonly pass: 0 | 1 | 2;
};

/** Returns the lowest loss of a full training after each epoch spent. */
export type Search = (table: CurveTable, seed: number, budget: number) => Promise<readonly number[]>;

/** Searches to compare with: every family with every seed. */
export type Plan = {
  readonly families: readonly Family[];
  readonly seeds: readonly number[];
  /** Epochs of one search of a family. */
  readonly budgetOf: (family: Family) => number;
};
