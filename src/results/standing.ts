import type { TrialState } from '../core/trial.js';
import type { TrialResult } from './combine.js';
import type { ResultsModel } from './results-model.js';

/** How far a study is, in as little as the display of a sweep needs. */
export type Standing = {
  /** Trials that have ended. */
  readonly done: number;
  /**
   * Ended trials of the configurations that matter for what comes: the best one or the Pareto front, and those that lack
   * some of their repeats. `number` null: another program created the configuration.
   */
  readonly configurations: readonly {
    readonly number: number | null;
    readonly trials: readonly (TrialResult & { readonly number: number })[];
  }[];
};

/** Returns how far a study is. `ended`: the states of trials that count as done. */
export function standingOf(model: ResultsModel, ended: readonly TrialState[]): Standing {
  const { table, configurations, study } = model;
  const hasEnded = Array.from({ length: table.length }, (_, trial) => {
    const state = table.stateOf(trial);
    return state !== null && ended.includes(state) && configurations.rowOf(trial) !== null;
  });
  const endedIn = (row: number) => configurations.trialsIn(row).filter((trial) => hasEnded[trial]);
  const isWhole = (row: number) =>
    configurations.numberOf(row) === null || endedIn(row).length >= study.spec.repeats;
  const rows: number[] = [];
  if (study.spec.repeats > 1)
    for (let row = 0; row < configurations.rowCount; row++)
      if (!isWhole(row) && endedIn(row).length > 0) rows.push(row);
  rows.push(...bestRows(model, isWhole));
  return {
    done: hasEnded.reduce((count, each) => count + (each ? 1 : 0), 0),
    configurations: rows.map((row) => ({
      number: configurations.numberOf(row),
      trials: endedIn(row).map((number) => ({
        number,
        state: table.stateOf(number) ?? 'waiting',
        values: table.valuesOf(number),
        violations: table.violationsOf(number),
      })),
    })),
  };
}

/** The best row, or the front. Where no configuration has all its results, every one that gets no more trials. */
function bestRows({ configurations, study }: ResultsModel, isWhole: (row: number) => boolean): number[] {
  const { ranks } = configurations;
  if (study.spec.objectives.length === 1) {
    const best = ranks.first(isWhole);
    return best === null ? [] : [best];
  }
  return ranks.hasWhole ? ranks.front() : [...ranks.all()].filter(isWhole);
}
