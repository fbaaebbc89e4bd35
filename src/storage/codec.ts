import { type Distribution, fromStored, type Params, type ParamValue } from '../core/distribution.js';
import { messageOf } from '../core/errors.js';
import type { Direction, TrialState } from '../core/trial.js';
import { decodeDistribution } from './distributions.js';
import { BadRow, num, numOrNull, type Row, text } from './statement.js';

/** How Optuna stores a number that may not be finite: NULL and the reason. */
export type StoredNumber = { readonly value: number | null; readonly type: string };

export function encodeNumber(value: number): StoredNumber {
  if (Number.isFinite(value)) return { value, type: 'FINITE' };
  if (Number.isNaN(value)) return { value: null, type: 'NAN' };
  return { value: null, type: value > 0 ? 'INF_POS' : 'INF_NEG' };
}

/** The inverse of `encodeNumber`; a NULL that is called finite is read as NaN, since no number is known. */
export function decodeNumber(value: number | null, type: string): number {
  if (type === 'INF_POS') return Number.POSITIVE_INFINITY;
  if (type === 'INF_NEG') return Number.NEGATIVE_INFINITY;
  return type === 'NAN' || value === null ? Number.NaN : value;
}

/** Optuna's enum names are upper case; it fails on anything else. */
export function encodeState(state: TrialState): string {
  return state.toUpperCase();
}

const STATES: ReadonlySet<string> = new Set(['waiting', 'running', 'complete', 'pruned', 'fail']);

/** @throws BadRow when it is no state of Optuna. */
export function decodeState(stored: string): TrialState {
  const state = stored.toLowerCase();
  if (!STATES.has(state)) throw new BadRow(`expected a trial state, got ${stored.slice(0, 80)}`);
  return state as TrialState;
}

export function encodeDirection(direction: Direction): string {
  return direction.toUpperCase();
}

/** NOT_SET (a study that Optuna made without saying) minimizes, as Optuna itself does. */
export function decodeDirection(stored: string): Direction {
  return stored === 'MAXIMIZE' ? 'maximize' : 'minimize';
}

/** Unix milliseconds -> `YYYY-MM-DD HH:MM:SS.ffffff` in UTC. */
export function encodeTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 23).replace('T', ' ')}000`;
}

/** The clock that a stored time was read from, which the time does not say; a number: by how many minutes it is ahead of UTC. */
export type Clock = 'utc' | 'local' | number;

/** The inverse of `encodeTime`, to the millisecond; null for what is no such text. `local`: the zone of this process. */
export function decodeTime(stored: string | null, clock: Clock = 'utc'): number | null {
  if (stored === null) return null;
  const ms = Date.parse(`${stored.slice(0, 23).replace(' ', 'T')}${clock === 'local' ? '' : 'Z'}`);
  if (Number.isNaN(ms)) return null;
  return typeof clock === 'number' ? ms - clock * 60_000 : ms;
}

/**
 * The clock of a time that Optuna wrote: local time before 5.0, UTC since, under the same revision of the schema. The
 * library version in a file is that of its creator. No row says who wrote it, so the creator stands for all writers.
 */
export function clockOfOptuna(libraryVersion: string | null): Clock {
  return Number.parseInt(libraryVersion ?? '', 10) >= 5 ? 'utc' : 'local';
}

/** The distribution of a row. @throws BadRow when it is none that Optuna knows. */
export function distributionOf(row: Row): Distribution {
  const json = text(row, 'distribution_json');
  try {
    return decodeDistribution(json);
  } catch (error) {
    const why = messageOf(error);
    throw new BadRow(`expected a distribution in column distribution_json of the database: ${why}`);
  }
}

/** Decodes one row of trial_params. */
export function decodeParam(row: Row): [name: string, value: ParamValue] {
  const distribution = distributionOf(row);
  // Optuna stores an infinite or NaN parameter as NULL at best; it has no value then.
  const stored = numOrNull(row, 'param_value');
  return [text(row, 'param_name'), stored === null ? null : (fromStored(distribution, stored) ?? null)];
}

/** Groups the rows of one kind by their trial and decodes each. */
export function byTrial<T>(rows: readonly Row[], decode: (row: Row) => T): Map<number, T[]> {
  const groups = new Map<number, T[]>();
  for (const row of rows) {
    const id = num(row, 'trial_id');
    const group = groups.get(id);
    if (group) group.push(decode(row));
    else groups.set(id, [decode(row)]);
  }
  return groups;
}

/** Names and values to an object; `__proto__` is a name like any other. */
export function toParams(entries: readonly (readonly [string, ParamValue])[]): Params {
  return Object.fromEntries(entries);
}
