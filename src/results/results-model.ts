import type { Params, ParamValue } from '../core/distribution.js';
import { isFeasible, metricConstraintText } from '../core/metric-constraints.js';
import { effectiveNames, type Space } from '../core/space.js';
import type { MetricConstraint } from '../core/spec.js';
import type { TrialState } from '../core/trial.js';
import { BestHistory } from './best-history.js';
import { type ConfigurationResult, Configurations } from './configurations.js';
import type { Curves } from './curves.js';
import { type Distinction, distinguish, type RepeatValue } from './distinction.js';
import { bestIn, type Rules } from './ranking.js';
import type { ResultsStudy } from './results-study.js';
import { type ResultRow, TrialTable } from './trial-table.js';

/** A configuration with a result, as commands show it. */
export type RankedConfiguration = {
  /** Number of the configuration; null when another program made it. */
  readonly configuration: number | null;
  /** Means over its complete trials, one for each objective. */
  readonly values: readonly number[];
  readonly std: readonly number[] | null;
  /** Complete trials. */
  readonly trialCount: number;
  /** False when it breaks a metric constraint of the study. */
  readonly feasible: boolean;
  /** Numbers of all its trials. */
  readonly trials: readonly number[];
  /** What the trainer is given, in the order of the space. */
  readonly params: Params;
};

/** As stored, but what `TrialState` calls `running` is `queued` between two attempts, and `paused` until it is continued. */
export type ShownState = TrialState | 'queued' | 'paused';
export type StateCounts = Readonly<Record<ShownState, number>>;

/**
 * What a study has found so far, brought up to date by rows of trials: every trial in columns, which configurations are
 * best, the Pareto front, and the history of the best value. The same rows give the same results, in however many parts
 * they come.
 */
export class ResultsModel {
  readonly study: ResultsStudy;
  readonly table: TrialTable;
  readonly configurations: Configurations;
  /** One for each objective. */
  readonly histories: readonly BestHistory[];

  constructor(study: ResultsStudy, table = new TrialTable(study)) {
    this.study = study;
    const rules = rulesOf(study);
    this.table = table;
    this.configurations = new Configurations(this.table, rules, study.spec.defineByRun ?? false);
    this.histories = rules.directions.map((direction, k) => new BestHistory(k, direction));
  }

  /** The results of trials that are in a table already. */
  static of(study: ResultsStudy, table: TrialTable): ResultsModel {
    const model = new ResultsModel(study, table);
    model.refresh(Array.from({ length: table.length }, (_, number) => number));
    return model;
  }

  /** Adds rows that are new or have changed; returns the numbers of those that are not as they were. */
  apply(rows: readonly ResultRow[]): number[] {
    const changed = this.table.apply(rows);
    this.refresh(changed);
    return changed;
  }

  /** Brings itself up to date with what the table says of these trials. */
  refresh(trials: readonly number[]): void {
    this.configurations.update(trials);
    for (const history of this.histories) for (const trial of trials) history.update(this.table, trial);
  }

  get curves(): Curves {
    return this.table.curves;
  }

  get trialCount(): number {
    return this.table.length;
  }

  /** Null for a number that no trial has. */
  stateOf(trial: number): ShownState | null {
    return shownStateOf(this.table.states.get(trial));
  }

  counts(): StateCounts {
    const byCode = new Uint32Array(256);
    const codes = this.table.states.values();
    for (let k = 0; k < codes.length; k++) byCode[codes[k] as number]! += 1;
    const counts = { complete: 0, pruned: 0, fail: 0, running: 0, waiting: 0, queued: 0, paused: 0 };
    for (const [code, count] of byCode.entries()) {
      const state = shownStateOf(code);
      if (state) counts[state] += count;
    }
    return counts;
  }

  /** The first configurations by `ranking.ts`, the best first. */
  best(limit: number): RankedConfiguration[] {
    return this.configurations.ranks.top(limit).map((row) => this.#toRanked(row));
  }

  /**
   * Whether the repeats of the first of these configurations tell it from each of the others, by the first objective: one
   * for each. All null for several objectives, of which none decides alone.
   */
  distinctions(configurations: readonly Pick<RankedConfiguration, 'trials'>[]): Distinction[] {
    const isSingle = this.study.spec.objectives.length === 1;
    return distinguish(configurations.map(({ trials }) => (isSingle ? this.#repeatsOf(trials) : [])));
  }

  #repeatsOf(trials: readonly number[]): RepeatValue[] {
    return trials.flatMap((trial) => {
      const value = this.table.stateOf(trial) === 'complete' ? this.table.valuesOf(trial)?.[0] : undefined;
      const seed = this.table.seeds.get(trial);
      return value === undefined ? [] : [{ seed: Number.isNaN(seed) ? null : seed, value }];
    });
  }

  /** The Pareto front by `ranking.ts`, the best of the first objective first. Every configuration on it is feasible. */
  front(): RankedConfiguration[] {
    return this.configurations.ranks.front().map((row) => this.#toRanked(row));
  }

  /** The first of these configurations that is best in objective k; null without any. */
  bestIn(configurations: readonly RankedConfiguration[], k: number): RankedConfiguration | null {
    return bestIn(configurations, k, rulesOf(this.study).directions);
  }

  #toRanked(row: number): RankedConfiguration {
    return toRanked(this.study.space, this.configurations.at(row));
  }
}

function shownStateOf(code: number): ShownState | null {
  const shown = TrialTable.STATES[code] ?? '';
  return shown === '' ? null : (shown.toLowerCase() as ShownState);
}

/** A configuration with a result, as commands show it. */
export function toRanked(space: Space, found: ConfigurationResult): RankedConfiguration {
  return {
    configuration: found.number,
    values: found.values ?? [],
    std: found.std,
    trialCount: found.trialCount,
    feasible: isFeasible(found.violations),
    trials: found.trials.map(({ number }) => number),
    params: shownParams(space, found),
  };
}

/** What the configurations of a study are ranked by. */
export function rulesOf({ spec }: Pick<ResultsStudy, 'spec'>): Rules {
  return { directions: spec.objectives.map(({ direction }) => direction), repeats: spec.repeats };
}

/** The text for a study with results of which none keeps every metric constraint. */
export function noneFeasible(constraints: readonly MetricConstraint[]): string {
  return `no configuration keeps the limits: ${constraints.map(metricConstraintText).join(', ')}`;
}

/** Sampled and forced parameters in the order of the space, then what the space does not know. */
function shownParams(space: Space, { number, params, forced }: ConfigurationResult): Params {
  if (number === null) return params;
  const all: Params = { ...params, ...forced };
  const ordered: Record<string, ParamValue> = {};
  for (const name of [...effectiveNames(space), ...Object.keys(all)])
    if (Object.hasOwn(all, name)) ordered[name] = all[name] as ParamValue;
  return ordered;
}
