import type { Params } from '../core/distribution.js';
import type { FinishedState } from '../core/trial.js';
import { isFinished } from '../core/trial.js';
import type { ResultsFeed } from './results-feed.js';
import type { TrialTable } from './trial-table.js';

/** A finished trial as samplers and pruners need it. */
export type KnownTrial = {
  readonly id: number;
  readonly number: number;
  /** Number of its configuration; null for a trial of another program. */
  readonly configuration: number | null;
  readonly state: FinishedState;
  readonly values: readonly number[] | null;
  readonly steps: ReadonlyMap<number, number>;
  readonly violations: readonly number[];
  /** Sampled, active parameters. */
  readonly params: () => Params;
};

/** Trials that need not be read again. */
export type KnownTrials = {
  /** Trials with a higher id are not known. */
  readonly newestId: number;
  /** Ids of trials that were not finished: they may have changed since. */
  readonly unfinished: readonly number[];
  /** In ascending order of number. */
  readonly finished: () => Iterable<KnownTrial>;
};

/** Returns the trials that results hold, as of their last update; null for results of nothing. */
export function knownTrials({ table, ids }: Pick<ResultsFeed, 'table' | 'ids'>): KnownTrials | null {
  if (table.length === 0) return null;
  const unfinished: number[] = [];
  let newestId = 0;
  for (const [trial, id] of ids.entries()) {
    if (Number.isNaN(id)) continue;
    newestId = Math.max(newestId, id);
    const state = table.stateOf(trial);
    if (state === null || !isFinished(state)) unfinished.push(id);
  }
  return { newestId, unfinished, finished: () => finishedIn(table, ids) };
}

function* finishedIn(table: TrialTable, ids: Float64Array): Iterable<KnownTrial> {
  for (const [number, id] of ids.entries()) {
    const state = table.stateOf(number);
    if (state === null || !isFinished(state)) continue;
    const configuration = table.configurations.get(number);
    yield {
      id,
      number,
      configuration: configuration < 0 ? null : configuration,
      state,
      values: storedValues(table, number),
      steps: table.curves.stepsOf(number),
      violations: table.violationsOf(number),
      params: () => table.paramsOf(number).params,
    };
  }
}

/** The values of a trial as stored: those that there are, in order. A value is never NaN there. */
export function storedValues({ objectives }: TrialTable, trial: number): readonly number[] | null {
  const values: number[] = [];
  for (const column of objectives) {
    const value = column.get(trial);
    if (!Number.isNaN(value)) values.push(value);
  }
  return values.length === 0 ? null : values;
}
