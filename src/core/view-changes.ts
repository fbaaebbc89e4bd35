import type { ConfigView } from './study-view.js';

// Configurations never change, so two lists have the same configuration exactly where they have the same object. The function that makes
// a list from another one knows where they differ, which saves comparing ten thousand places for each proposal.

type Configs = readonly ConfigView[];
/** A list has an identity of its own here, so that a newer list does not keep the one before it in memory. */
type Change = { readonly identity: object; readonly before: object; readonly rows: readonly number[] };

const changes = new WeakMap<Configs, Change>();
const NOTHING = {};

/** Notes that `after` differs from `before` in these rows alone; they ascend, and include those that were added. */
export function noteChangedRows(before: Configs, after: Configs, rows: readonly number[]): void {
  changes.set(after, { identity: {}, before: changes.get(before)?.identity ?? NOTHING, rows });
}

/** Returns the rows that differ, ascending, without those that are no longer there. */
export function changedRows(before: Configs, after: Configs): readonly number[] {
  const known = changes.get(before)?.identity;
  const change = changes.get(after);
  if (known !== undefined && change?.before === known) return change.rows;
  if (before === after) return [];
  const both = Math.min(before.length, after.length);
  const changed: number[] = [];
  for (let row = 0; row < both; row++) if (after[row] !== before[row]) changed.push(row);
  for (let row = both; row < after.length; row++) changed.push(row);
  return changed;
}
