import type { Params } from './distribution.js';

/** One result of an earlier study. `value`: of the objective, in its own units. */
export type EarlierPoint = { readonly params: Params; readonly value: number };

/** What an earlier study had found when this one was created. */
export type EarlierStudy = {
  readonly name: string;
  /** How many results it had that this study can use; `points` are the most useful of them. */
  readonly results: number;
  readonly points: readonly EarlierPoint[];
};

/** Earlier studies that a study learns from. They never change: a resumed study proposes what it would have proposed. */
export type Earlier = {
  /** The most that they weigh together, from 0 to 1. */
  readonly weight: number;
  readonly studies: readonly EarlierStudy[];
};

/** The attribute of a configuration with how much each earlier study counted when it was proposed. */
export const TRANSFERRED = 'transfer';

/** Where an earlier study is. `storage` null: where this one is. */
export type TransferSource = { readonly study: string; readonly storage: string | null };

/** What a study says of earlier ones, and, once it is created, what these had found. */
export type Transfer = {
  readonly weight: 'auto' | number;
  readonly sources: readonly TransferSource[];
  /** One for each source; empty in a sweep file. */
  readonly earlier: readonly EarlierStudy[];
};

/** Returns what samplers see of earlier studies; null where there are none. */
export function earlierOf(transfer: Transfer | null): Earlier | null {
  if (transfer === null || transfer.earlier.length === 0) return null;
  return { weight: transfer.weight === 'auto' ? 1 : transfer.weight, studies: transfer.earlier };
}
