import type { Params } from '../core/distribution.js';
import { paramsKey } from '../core/space.js';
import type { ConfigView, StudyView } from '../core/study-view.js';
import type { Direction } from '../core/trial.js';
import { isFinished } from '../core/trial.js';
import { externalKey } from '../results/external-trials.js';
import type { ConfigRecord, Storage, StudyRecord, TrialRecord } from '../storage/storage.js';
import { proposedFor } from './ask/proposed-point.js';
import { makeConfigView } from './config-view.js';

/** What is known of a configuration of ours. `view`: null when it has to be built again. */
type Entry = {
  config: ConfigRecord;
  /** Where its trials name their parameters themselves: the point that they take them from. */
  whole: { readonly params: Params; readonly key: string } | null;
  /** In the order of the views, which is the order of filling: ids follow it, so entries are only ever added at the end. */
  readonly place: number;
  readonly trials: TrialRecord[];
  view: ConfigView | null;
};

/**
 * The study as samplers and pruners see it. Finished trials never change, so only what is new or unfinished is read
 * again, and only when someone has written; an unchanged study gives the same object.
 */
export class ViewCache {
  readonly #storage: Storage;
  readonly #study: StudyRecord;
  #version: string | null = null;
  #view: StudyView;
  readonly #entries: Entry[] = [];
  readonly #byId = new Map<number, Entry>();
  /** What is tried: keys of ours, which only grow, and of what other programs added. */
  readonly #keys = new Set<string>();
  #foreignKeys: ReadonlySet<string> = new Set();
  readonly #foreign = new Map<number, TrialRecord>();
  readonly #unfinished = new Set<number>();
  #reading: Promise<void> = Promise.resolve();
  #newestConfig = 0;
  #newestTrial = 0;
  #stale = false;
  #buildAll = false;

  constructor(storage: Storage, study: StudyRecord) {
    this.#storage = storage;
    this.#study = study;
    this.#view = this.#withConfigs([]);
  }

  /** The newest view. */
  async read(): Promise<StudyView> {
    // One reader after the other: two at once could note an older state of a trial over a newer one.
    const reading = this.#reading.then(() => this.#update());
    this.#reading = reading.catch(() => {});
    await reading;
    return this.#view;
  }

  async #update(): Promise<void> {
    const version = await this.#storage.changeToken();
    if (version === this.#version && !this.#stale) return;
    if (this.#stale) this.#reset();
    await this.#refresh();
    this.#version = version;
  }

  get directions(): readonly Direction[] {
    return this.#study.directions;
  }

  /** Whether a configuration with this key was there at the last `read`. */
  has(key: string): boolean {
    return this.#keys.has(key) || this.#foreignKeys.has(key);
  }

  /** The record behind a configuration, as of the last `read`. */
  configs(): readonly { readonly config: ConfigRecord; readonly trials: readonly TrialRecord[] }[] {
    return this.#entries.map(({ config, trials }) => ({ config, trials: trials.slice() }));
  }

  /** After a finished trial was opened again: forget what was held immutable. */
  forget(): void {
    this.#stale = true;
  }

  #reset(): void {
    this.#stale = false;
    this.#newestTrial = 0;
    for (const entry of this.#entries) {
      entry.trials.length = 0;
      entry.view = null;
    }
    this.#foreign.clear();
    this.#unfinished.clear();
    this.#buildAll = true;
  }

  async #refresh(): Promise<void> {
    const since = {
      configId: this.#newestConfig,
      trialId: this.#newestTrial,
      unfinished: [...this.#unfinished],
    };
    const { configs, trials } = await this.#storage.changes(this.#study.id, since);
    const touched = new Set<Entry>();
    for (const config of configs) touched.add(this.#noteConfig(config));
    for (const trial of trials) {
      const entry = this.#noteTrial(trial);
      if (entry) touched.add(entry);
    }
    for (const entry of touched) entry.view = null;
    this.#view = this.#withConfigs(
      this.#buildAll || this.#foreign.size > 0 ? this.#build() : this.#extend(touched),
    );
    this.#buildAll = false;
  }

  #withConfigs(configs: readonly ConfigView[]): StudyView {
    return { directions: this.#study.directions, seed: this.#study.seed ?? 0, configs };
  }

  #noteConfig(config: ConfigRecord): Entry {
    const entry: Entry = { config, whole: null, place: this.#entries.length, trials: [], view: null };
    this.#entries.push(entry);
    this.#byId.set(config.id, entry);
    this.#keys.add(config.key);
    this.#newestConfig = config.id;
    return entry;
  }

  /** The configuration it belongs to; null when another program made it. */
  #noteTrial(trial: TrialRecord): Entry | null {
    this.#newestTrial = Math.max(this.#newestTrial, trial.id);
    if (isFinished(trial.state)) this.#unfinished.delete(trial.id);
    else this.#unfinished.add(trial.id);
    const entry = trial.configId === null ? undefined : this.#byId.get(trial.configId);
    if (!entry) {
      this.#foreign.set(trial.id, trial);
      return null;
    }
    // An enqueued trial has no configuration until someone takes it.
    if (this.#foreign.delete(trial.id)) this.#buildAll = true;
    const proposed = proposedFor(entry.config);
    if (proposed) this.#noteSuggested(entry, proposed, trial.params);
    // A configuration has the parameters of all its trials: a long study holds them once.
    const record = { ...trial, params: NO_PARAMS };
    const known = entry.trials.findIndex(({ id }) => id === trial.id);
    if (known < 0) entry.trials.push(record);
    else entry.trials[known] = record;
    return entry;
  }

  /** Samplers see the whole point, as they proposed it; everybody else what the trials have named. */
  #noteSuggested(entry: Entry, proposed: Params, named: Params): void {
    entry.config = { ...entry.config, params: named };
    const params = { ...proposed, ...named };
    const key = paramsKey(params);
    if (entry.whole?.key === key) return;
    // Two may come out the same; samplers tell them apart by their keys.
    entry.whole = { params, key: this.has(key) ? entry.config.key : key };
    this.#keys.add(key);
  }

  /** The view before, with what was touched built again or added. */
  #extend(touched: Iterable<Entry>): ConfigView[] {
    const views = this.#view.configs.slice();
    for (const entry of touched) views[entry.place] = viewOf(entry);
    return views;
  }

  /** Ours in the order they were filled, then what other programs added. */
  #build(): ConfigView[] {
    const foreign = this.#foreignByKey();
    this.#foreignKeys = new Set(foreign.keys());
    const views = this.#entries.map((entry) => {
      const guests = foreign.get(entry.config.key);
      foreign.delete(entry.config.key);
      return guests ? makeConfigView(wholeOf(entry), [...entry.trials, ...guests]) : viewOf(entry);
    });
    for (const [key, trials] of foreign) {
      const params = trials[0]?.params ?? {};
      views.push(makeConfigView({ index: -1, params, key, attrs: {} }, trials));
    }
    return views;
  }

  /** Trials of other programs by the configuration that they belong to. */
  #foreignByKey(): Map<string, TrialRecord[]> {
    const groups = new Map<string, TrialRecord[]>();
    for (const trial of this.#foreign.values()) {
      const key = externalKey(trial);
      if (key === null) continue;
      groups.set(key, [...(groups.get(key) ?? []), trial]);
    }
    return groups;
  }
}

const NO_PARAMS: Params = {};

function viewOf(entry: Entry): ConfigView {
  entry.view ??= makeConfigView(wholeOf(entry), entry.trials.slice());
  return entry.view;
}

/** A configuration as samplers see it. */
function wholeOf({ config, whole }: Entry): ConfigRecord {
  return whole ? { ...config, ...whole } : config;
}
