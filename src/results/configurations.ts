import type { Params } from '../core/distribution.js';
import { paramsKey } from '../core/space.js';
import type { ConfigView } from '../core/study-view.js';
import { intColumn } from './column.js';
import { combine, type TrialResult } from './combine.js';
import { externalKey } from './external-trials.js';
import { RankIndex } from './rank-index.js';
import { firstTrial, type Rules } from './ranking.js';
import type { TrialTable } from './trial-table.js';

/** A configuration with the result of all its trials. */
export type ConfigurationResult = Pick<
  ConfigView,
  'params' | 'state' | 'values' | 'std' | 'trialCount' | 'violations'
> & {
  /** Number of the configuration; null when another program made it. */
  readonly number: number | null;
  readonly forced: Params;
  /** hpo's trials before those of other programs, each in order of number. */
  readonly trials: readonly { readonly number: number }[];
};

/** The trials of a row: one number where there is one, which is most often so, to save memory. */
type Members = number | number[];

/**
 * The configurations of a study, brought up to date trial by trial, with their order and their Pareto front. It holds
 * which trials belong to which configuration; everything else is in the table of the trials.
 */
export class Configurations {
  readonly ranks: RankIndex;
  readonly #table: TrialTable;
  /** Trials that name their own parameters share no configuration with another program. */
  readonly #joins: boolean;
  /** By row of `ranks`: the number of the configuration, -1 when another program made it. */
  #numbers = intColumn(-1);
  #members: Members[] = [];
  #byNumber = intColumn(-1);
  #ofTrial = intColumn(-1);
  /** Rows by the key of their parameters. Null until another program adds a trial: until then nobody asks. */
  #byKey: Map<string, number> | null = null;

  constructor(table: TrialTable, rules: Rules, defineByRun: boolean) {
    this.ranks = new RankIndex(rules);
    this.#table = table;
    this.#joins = !defineByRun;
  }

  /** Brings itself up to date with what the table says of these trials. */
  update(trials: readonly number[]): void {
    const touched = new Set<number>();
    for (const trial of trials) this.#place(trial, touched);
    for (const row of touched)
      if (this.#isDeserted(row)) {
        this.#placeAll();
        return;
      }
    for (const row of touched) this.ranks.set(row, this.#rankable(row));
  }

  /** Whether no trial says any more that it is of this configuration. No writer of a study does that to one. */
  #isDeserted(row: number): boolean {
    return this.#numbers.get(row) >= 0 && this.#ownTrial(row) === undefined;
  }

  #placeAll(): void {
    const rows = this.#members.length;
    this.#members = [];
    this.#numbers = intColumn(-1);
    this.#byNumber = intColumn(-1);
    this.#ofTrial = intColumn(-1);
    this.#byKey = null;
    const touched = new Set<number>();
    for (let trial = 0; trial < this.#table.length; trial++) this.#place(trial, touched);
    for (let row = 0; row < Math.max(rows, this.#members.length); row++)
      this.ranks.set(row, this.#rankable(row));
  }

  /** The row of `ranks` that a trial belongs to; null where it belongs to none. */
  rowOf(trial: number): number | null {
    const row = this.#ofTrial.get(trial);
    return row >= 0 ? row : null;
  }

  /** Rows of `ranks`; one without trials is among them. */
  get rowCount(): number {
    return this.#members.length;
  }

  /** The number of the configuration in a row; null when another program made it. */
  numberOf(row: number): number | null {
    const number = this.#numbers.get(row);
    return number < 0 ? null : number;
  }

  /** The trials in a row: hpo's before those of other programs, each in order of number. */
  trialsIn(row: number): readonly number[] {
    return this.#membersOf(row);
  }

  /** The configuration in a row of `ranks`. */
  at(row: number): ConfigurationResult {
    const number = this.#numbers.get(row);
    const members = this.#membersOf(row);
    const isOfHpo = (trial: number) => this.#table.configurations.get(trial) >= 0;
    // Where trials name their own parameters, those of the newest trial.
    const newest = members.findLast((trial) => isOfHpo(trial) === number >= 0);
    return {
      number: number < 0 ? null : number,
      ...(newest === undefined ? { params: {}, forced: {} } : this.#table.paramsOf(newest)),
      ...this.#rankable(row),
    };
  }

  /** Those with at least one trial: hpo's in order of number, then those of other programs by their first trial. */
  all(): ConfigurationResult[] {
    const rows = this.#members.flatMap((members, row) => (isNone(members) ? [] : [row]));
    const found = rows.map((row) => this.at(row));
    const place = ({ number }: ConfigurationResult) => number ?? Number.MAX_SAFE_INTEGER;
    return found.sort((a, b) => place(a) - place(b) || firstTrial(a) - firstTrial(b));
  }

  /** Adds the rows that a trial changes: the one that it belongs to, and the one that it left. */
  #place(trial: number, touched: Set<number>): void {
    const before = this.#ofTrial.get(trial);
    const row = this.#rowOf(trial);
    if (before >= 0) {
      this.#remove(before, trial);
      touched.add(before);
    }
    if (row >= 0) {
      this.#insert(row, trial);
      touched.add(row);
    }
    this.#ofTrial.set(trial, row);
  }

  /** Returns -1 for a trial that belongs to none: it waits, or says nothing. */
  #rowOf(trial: number): number {
    const number = this.#table.configurations.get(trial);
    if (number >= 0) return this.#rowOfNumber(number, trial);
    const { params } = this.#table.paramsOf(trial);
    const key = externalKey({ state: this.#table.stateOf(trial) ?? 'waiting', params });
    return key === null ? -1 : this.#rowOfKey(key);
  }

  #rowOfNumber(number: number, trial: number): number {
    const known = this.#byNumber.get(number);
    if (known >= 0) return known;
    const row = this.#byKey && this.#joins ? this.#rowOfKey(this.#keyOf(trial)) : this.#addRow();
    this.#numbers.set(row, number);
    this.#byNumber.set(number, row);
    return row;
  }

  #rowOfKey(key: string): number {
    this.#byKey ??= this.#keys();
    const known = this.#byKey.get(key);
    if (known !== undefined) return known;
    const row = this.#addRow();
    this.#byKey.set(key, row);
    return row;
  }

  /** Of the configurations so far, which are all of hpo. */
  #keys(): Map<string, number> {
    if (!this.#joins) return new Map();
    const keys = new Map<string, number>();
    for (const row of this.#members.keys()) {
      const own = this.#ownTrial(row);
      if (own !== undefined) keys.set(this.#keyOf(own), row);
    }
    return keys;
  }

  /** A trial that still says that it is of this configuration: one that has just left has other parameters. */
  #ownTrial(row: number): number | undefined {
    const number = this.#numbers.get(row);
    const members = this.#members[row];
    if (typeof members === 'number' && members >= 0)
      return this.#table.configurations.get(members) === number ? members : undefined;
    return this.#membersOf(row).find((trial) => this.#table.configurations.get(trial) === number);
  }

  #keyOf(trial: number): string {
    const { params, forced } = this.#table.paramsOf(trial);
    return paramsKey({ ...params, ...forced });
  }

  #addRow(): number {
    return this.#members.push(-1) - 1;
  }

  #membersOf(row: number): readonly number[] {
    const members = this.#members[row] ?? -1;
    return typeof members === 'number' ? (members < 0 ? [] : [members]) : members;
  }

  #remove(row: number, trial: number): void {
    if (this.#members[row] === trial) {
      this.#members[row] = -1;
      return;
    }
    this.#setMembers(
      row,
      this.#membersOf(row).filter((each) => each !== trial),
    );
  }

  #insert(row: number, trial: number): void {
    if (isNone(this.#members[row] ?? -1)) {
      this.#members[row] = trial;
      return;
    }
    const isExternal = (each: number) => (this.#table.configurations.get(each) < 0 ? 1 : 0);
    const members = [...this.#membersOf(row), trial];
    this.#setMembers(
      row,
      members.sort((a, b) => isExternal(a) - isExternal(b) || a - b),
    );
  }

  #setMembers(row: number, members: number[]): void {
    this.#members[row] = members.length > 1 ? members : (members[0] ?? -1);
  }

  #rankable(row: number) {
    const members = this.#membersOf(row);
    return {
      trials: members.map((number) => ({ number })),
      ...combine(members.map((trial) => this.#resultOf(trial))),
    };
  }

  #resultOf(trial: number): TrialResult {
    return {
      state: this.#table.stateOf(trial) ?? 'waiting',
      values: this.#table.valuesOf(trial),
      violations: this.#table.violationsOf(trial),
    };
  }
}

function isNone(members: Members): boolean {
  return members === -1;
}
