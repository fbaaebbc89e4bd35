import type { Rng } from '../core/rng.js';
import type { Region } from './region.js';
import { bestSplit, type Split } from './split.js';
import type { Table } from './table.js';

/** A box of the space in which a tree predicts one value. */
export type Leaf = { readonly regions: readonly Region[]; readonly value: number };

/** The most rows that one tree uses: more make a tree finer than an importance needs. */
const ROWS = 1000;

/** How many rows each tree draws of a table with this many. */
export function rowsPerTree(size: number): number {
  return Math.min(size, ROWS);
}

/** Breiman (2001): each tree is grown to the end on rows drawn with replacement. */
export function growTree(table: Table, rng: Rng): Leaf[] {
  const size = table.values.length;
  const rows = Array.from({ length: rowsPerTree(size) }, () => rng.int(size));
  const leaves: Leaf[] = [];
  const whole = table.axes.map(({ choices }): Region => {
    return choices === 0 ? { low: 0, high: 1 } : { choices: [...Array(choices).keys()], of: choices };
  });
  const grow = (inside: readonly number[], regions: readonly Region[]): void => {
    const split = bestSplit(table, inside, regions);
    if (!split) {
      const sum = inside.reduce((total, row) => total + (table.values[row] as number), 0);
      leaves.push({ regions, value: sum / inside.length });
      return;
    }
    for (const side of [true, false]) {
      const column = table.columns[split.axis] as Float64Array;
      const mine = inside.filter((row) => isBelow(split, column[row] as number) === side);
      grow(
        mine,
        regions.map((region, k) => (k === split.axis ? part(region, split, side) : region)),
      );
    }
  };
  grow(rows, whole);
  return leaves;
}

function isBelow(split: Split, x: number): boolean {
  return 'choices' in split ? split.choices.has(x) : x < split.at;
}

function part(region: Region, split: Split, below: boolean): Region {
  if ('choices' in region) {
    const choices = region.choices.filter((choice) => isBelow(split, choice) === below);
    return { choices, of: region.of };
  }
  const { at } = split as Extract<Split, { readonly at: number }>;
  return below ? { low: region.low, high: at } : { low: at, high: region.high };
}
