import type { Params } from '../core/distribution.js';
import type { ConfigView } from '../core/study-view.js';
import type { ConfigFacts, ResultChanges, TrialFacts } from './changes.js';
import { combine, type TrialResult } from './combine.js';
import { externalKey } from './external-trials.js';
import { RankIndex } from './rank-index.js';
import { firstTrial, type Rules } from './ranking.js';

type Member = TrialResult & {
  readonly number: number;
  readonly params: Params;
  readonly isExternal: boolean;
};

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

type Entry = {
  readonly row: number;
  facts: ConfigFacts | null;
  /** In the order of `ConfigurationResult.trials`. */
  readonly members: Member[];
  result: ConfigurationResult | null;
};

const NO_PARAMS: Params = {};

/** The configurations of a study, brought up to date trial by trial, with their order and their Pareto front. */
export class Configurations {
  readonly ranks: RankIndex;
  readonly #entries: Entry[] = [];
  readonly #byId = new Map<number, Entry>();
  readonly #byKey = new Map<string, Entry>();
  readonly #ofTrial = new Map<number, Entry>();

  constructor(rules: Rules) {
    this.ranks = new RankIndex(rules);
  }

  apply({ configs, trials }: ResultChanges): void {
    const touched = new Set<Entry>();
    for (const config of configs) touched.add(this.#addConfiguration(config));
    for (const trial of trials) for (const entry of this.#addTrial(trial)) touched.add(entry);
    for (const entry of touched) {
      entry.result = null;
      this.ranks.set(entry.row, resultOf(entry));
    }
  }

  /** The configuration in a row of `ranks`. */
  at(row: number): ConfigurationResult {
    return resultOf(this.#entries[row] as Entry);
  }

  /** Those with at least one trial: hpo's in order of number, then those of other programs by their first trial. */
  all(): ConfigurationResult[] {
    const found = this.#entries.filter(({ members }) => members.length > 0).map(resultOf);
    const place = ({ number }: ConfigurationResult) => number ?? Number.MAX_SAFE_INTEGER;
    return found.sort((a, b) => place(a) - place(b) || firstTrial(a) - firstTrial(b));
  }

  #addConfiguration(facts: ConfigFacts): Entry {
    const entry = this.#withKey(facts.key);
    entry.facts = facts;
    this.#byId.set(facts.id, entry);
    return entry;
  }

  #withKey(key: string): Entry {
    let entry = this.#byKey.get(key);
    if (!entry) {
      entry = { row: this.#entries.length, facts: null, members: [], result: null };
      this.#entries.push(entry);
      this.#byKey.set(key, entry);
    }
    return entry;
  }

  /** The configurations that a trial changes: the one that it belongs to, and the one that it left. */
  #addTrial(trial: TrialFacts): Entry[] {
    const own = trial.configId === null ? undefined : this.#byId.get(trial.configId);
    const key = own ? null : externalKey(trial);
    const entry = own ?? (key === null ? null : this.#withKey(key));
    const before = this.#ofTrial.get(trial.number);
    if (before) removeMember(before, trial.number);
    if (entry) {
      insertMember(entry, toMember(trial, own));
      this.#ofTrial.set(trial.number, entry);
    } else this.#ofTrial.delete(trial.number);
    return [before, entry].filter((each) => each !== undefined && each !== null);
  }
}

/** A configuration of hpo has the parameters of all its trials, except where its trials name their own. */
function toMember({ number, state, values, violations, params }: TrialFacts, own: Entry | undefined): Member {
  const keepsParams = !own?.facts || Object.keys(own.facts.params).length === 0;
  return { number, state, values, violations, params: keepsParams ? params : NO_PARAMS, isExternal: !own };
}

function removeMember({ members }: Entry, number: number): void {
  const at = members.findIndex((member) => member.number === number);
  if (at >= 0) members.splice(at, 1);
}

function insertMember({ members }: Entry, member: Member): void {
  const comesAfter = (other: Member) =>
    member.isExternal === other.isExternal ? member.number < other.number : other.isExternal;
  const at = members.findIndex(comesAfter);
  members.splice(at < 0 ? members.length : at, 0, member);
}

function resultOf(entry: Entry): ConfigurationResult {
  entry.result ??= {
    number: entry.facts?.number ?? null,
    params: paramsOf(entry),
    forced: entry.facts?.forced ?? NO_PARAMS,
    trials: entry.members.map(({ number }) => ({ number })),
    ...combine(entry.members),
  };
  return entry.result;
}

/** Where trials name their own parameters, those of the newest trial. */
function paramsOf({ facts, members }: Entry): Params {
  if (facts && Object.keys(facts.params).length > 0) return facts.params;
  return members.findLast(({ isExternal }) => isExternal === (facts === null))?.params ?? NO_PARAMS;
}
