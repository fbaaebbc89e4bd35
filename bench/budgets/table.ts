import type { Params } from '../../src/core/distribution.js';
import type { Space } from '../../src/core/space.js';

/** Learning curves of every configuration of a space: losses, lower is better. */
export type CurveTable = {
  readonly space: Space;
  /** Steps of a full training. */
  readonly epochs: number;
  /** Returns the loss after each epoch of a full training; NaN once it has diverged. */
  readonly losses: (params: Params) => readonly number[];
};

/** A kind of table. A seed determines the instance where it has several, such as the position of the optimum. */
export type Family = {
  readonly name: string;
  readonly text: string;
  readonly epochs: number;
  readonly make: (seed: number) => CurveTable;
};

/** Returns a table that computes the curve of a configuration once. */
export function remembering(table: CurveTable): CurveTable {
  const known = new Map<string, readonly number[]>();
  return {
    ...table,
    losses: (params) => {
      const key = JSON.stringify(table.space.params.map(({ name }) => params[name] ?? null));
      const losses = known.get(key) ?? table.losses(params);
      known.set(key, losses);
      return losses;
    },
  };
}
