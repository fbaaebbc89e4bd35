import type { Params, ParamValue } from '../core/distribution.js';
import { effectiveNames } from '../core/space.js';
import type { TrialState } from '../core/trial.js';
import type { ResultsStudy } from './changes.js';
import { byteColumn, type Column, floatColumn, intColumn } from './column.js';

/** A trial as tables show it. Storage's rows satisfy it. */
export type TrialRow = {
  readonly number: number;
  readonly configuration: number | null;
  /** 0: it never had an attempt. */
  readonly attempt: number;
  readonly state: TrialState;
  /** Unfinished, and no attempt of it runs. */
  readonly queued: boolean;
  readonly seed: number | null;
  readonly values: readonly number[] | null;
  readonly params: Params;
  readonly forced: Params;
  /** The last value of each metric. */
  readonly metrics: Readonly<Record<string, number>>;
  /** How many different steps it reported. */
  readonly epochs: number;
  readonly startedAtMs: number | null;
  readonly finishedAtMs: number | null;
  readonly reason: string | null;
};

/** The state as people read it: as in Optuna, but QUEUED for a trial between two attempts. */
export function shownState(row: Pick<TrialRow, 'state' | 'queued'>): string {
  return row.queued && row.state !== 'waiting' ? 'QUEUED' : row.state.toUpperCase();
}

/** One parameter of every trial: a number, or another value by its place in `others`. */
export class ParamColumn {
  /** NaN where the parameter is not active, and where its value is no number. */
  readonly numbers = floatColumn();
  /** -1 where the value is a number or the parameter is not active, else an index of `others`. */
  readonly codes = intColumn(-1);
  readonly others: ParamValue[] = [];

  set(row: number, value: ParamValue | undefined): void {
    const isNumber = typeof value === 'number';
    this.numbers.set(row, isNumber ? value : Number.NaN);
    this.codes.set(row, isNumber || value === undefined ? -1 : this.#codeOf(value));
  }

  /** Undefined where the parameter is not active. */
  get(row: number): ParamValue | undefined {
    const code = this.codes.get(row);
    if (code >= 0) return this.others[code];
    const value = this.numbers.get(row);
    return Number.isNaN(value) ? undefined : value;
  }

  #codeOf(value: ParamValue): number {
    const known = this.others.indexOf(value);
    return known >= 0 ? known : this.others.push(value) - 1;
  }
}

/** One metric of every trial. A reported NaN and a metric nobody reported differ in `isReported`. */
export class MetricColumn {
  readonly values = floatColumn();
  readonly isReported = byteColumn();

  set(row: number, value: number | undefined): void {
    this.values.set(row, value ?? Number.NaN);
    this.isReported.set(row, value === undefined ? 0 : 1);
  }
}

/** Every trial of a study in typed arrays, one for each column; the row of a trial is its number. */
export class TrialTable {
  /** `shownState` by code: 0 is a number that no trial has. */
  static readonly STATES = ['', 'WAITING', 'QUEUED', 'RUNNING', 'COMPLETE', 'PRUNED', 'FAIL'] as const;

  readonly states = byteColumn();
  /** -1: another program made the trial, or nobody has taken it yet. */
  readonly configurations = intColumn(-1);
  readonly attempts = intColumn();
  readonly epochs = intColumn();
  /** Unix time in milliseconds; NaN for none. */
  readonly startedAtMs = floatColumn();
  readonly finishedAtMs = floatColumn();
  readonly seeds = floatColumn();
  /** One for each objective; NaN for none. */
  readonly objectives: readonly Column<Float64Array>[];
  /** In the order of the space, then in the order in which trials brought others. */
  readonly params = new Map<string, ParamColumn>();
  readonly metrics = new Map<string, MetricColumn>();
  /** Why trials ended as they did; only of those that have a reason. */
  readonly reasons = new Map<number, string>();

  constructor({ space, spec }: Pick<ResultsStudy, 'space' | 'spec'>) {
    this.objectives = spec.objectives.map(() => floatColumn());
    for (const name of effectiveNames(space)) this.params.set(name, new ParamColumn());
  }

  get length(): number {
    return this.states.length;
  }

  apply(rows: readonly TrialRow[]): void {
    for (const row of rows) this.#set(row);
  }

  #set(row: TrialRow): void {
    const at = row.number;
    this.states.set(at, (TrialTable.STATES as readonly string[]).indexOf(shownState(row)));
    this.configurations.set(at, row.configuration ?? -1);
    this.attempts.set(at, row.attempt);
    this.epochs.set(at, row.epochs);
    this.startedAtMs.set(at, row.startedAtMs ?? Number.NaN);
    this.finishedAtMs.set(at, row.finishedAtMs ?? Number.NaN);
    this.seeds.set(at, row.seed ?? Number.NaN);
    for (const [k, column] of this.objectives.entries()) column.set(at, row.values?.[k] ?? Number.NaN);
    setEach(this.params, at, { ...row.params, ...row.forced }, () => new ParamColumn());
    setEach(this.metrics, at, row.metrics, () => new MetricColumn());
    if (row.reason === null) this.reasons.delete(at);
    else this.reasons.set(at, row.reason);
  }
}

type Settable<V> = { set(row: number, value: V | undefined): void };

/** Sets a row in every column: also in those for which the row has no value, since it may have had one before. */
function setEach<V, C extends Settable<V>>(
  columns: Map<string, C>,
  row: number,
  values: Readonly<Record<string, V>>,
  make: () => C,
): void {
  for (const name of Object.keys(values)) if (!columns.has(name)) columns.set(name, make());
  for (const [name, column] of columns)
    column.set(row, Object.hasOwn(values, name) ? values[name] : undefined);
}
