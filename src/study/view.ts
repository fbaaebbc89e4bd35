import type { Params } from '../core/distribution.js';
import type { Earlier } from '../core/earlier-studies.js';
import type { JudgedSteps } from '../core/judged-steps.js';
import { paramsKey } from '../core/space.js';
import type { ConfigView, StudyView } from '../core/study-view.js';
import { type Direction, isFinished } from '../core/trial.js';
import { noteChangedRows } from '../core/view-changes.js';
import { externalKey } from '../results/external-trials.js';
import type { KnownTrials } from '../results/known-trials.js';
import type { ChangeFeed, ConfigRecord, StudyRecord, TrialRecord } from '../storage/storage.js';
import { proposedFor } from './ask/proposed-point.js';
import { makeConfigView } from './config-view.js';
import type { OtherSteps } from './other-steps.js';
import { type ViewTrial, viewTrialOf } from './view-trial.js';

type ExternalTrial = ViewTrial & { readonly params: Params };

/** A trial with what places it. `params`: made only where they are needed. */
type NotedTrial = {
  readonly trial: ViewTrial;
  readonly configId: number | null;
  readonly params: () => Params;
};

/** Trials that somebody has read already; null: nobody has. */
export type KnownTrialsSource = () => Promise<KnownTrials | null>;

/** A configuration of this study. `view` null: it must be built again. */
type Entry = {
  config: ConfigRecord;
  /** In a define-by-run study: the whole point that its trials take their values from. */
  whole: { readonly params: Params; readonly key: string } | null;
  /** Its position among the views. Ids ascend in the same order, so entries are only added at the end. */
  readonly position: number;
  /** Replaced when one changes, since views hold it. */
  trials: readonly ViewTrial[];
  view: ConfigView | null;
};

/**
 * Keeps the study as samplers and pruners see it. Finished trials never change, so it reads only new and unfinished ones
 * again, and only when someone has written. An unchanged study gives the same object.
 */
export class ViewCache {
  readonly #storage: ChangeFeed;
  readonly #study: StudyRecord;
  readonly #members: Omit<StudyView, 'configs'>;
  readonly #others: OtherSteps | null;
  #version: string | null = null;
  #view: StudyView;
  readonly #entries: Entry[] = [];
  readonly #byId = new Map<number, Entry>();
  /** Keys of the configurations of this study. The set only grows. */
  readonly #keys = new Set<string>();
  /** Keys of the configurations that other programs added. */
  #externalKeys: ReadonlySet<string> = new Set();
  readonly #external = new Map<number, ExternalTrial>();
  readonly #unfinished = new Set<number>();
  /** The newest read that is under way, or that failed. */
  #reading: Promise<void> | null = null;
  #newestConfig = 0;
  #newestTrial = 0;
  #stale = false;
  #buildAll = false;
  #known: KnownTrialsSource = async () => null;

  /**
   * `maxSteps`: the last step of a full trial, where the study says it. `others` reads what a pruner needs beside the steps of the
   * first objective; null: nothing.
   */
  constructor(
    storage: ChangeFeed,
    study: StudyRecord,
    {
      maxSteps = null,
      others = null,
      earlier = null,
    }: { maxSteps?: number | null; others?: OtherSteps | null; earlier?: Earlier | null } = {},
  ) {
    this.#storage = storage;
    this.#study = study;
    this.#members = { directions: study.directions, seed: study.seed ?? 0, maxSteps, earlier };
    this.#others = others;
    this.#view = this.#withConfigs([]);
  }

  /** Reads only what this source does not know when it reads everything. What it gives is of its call or newer. */
  beginWith(known: KnownTrialsSource): void {
    this.#known = known;
  }

  /** Returns the newest view. */
  async read(): Promise<StudyView> {
    // One read at a time: of two at once, the older could overwrite the newer state of a trial.
    const update = () => this.#update();
    const reading = this.#reading?.then(update, update) ?? update();
    this.#reading = reading;
    await reading;
    if (this.#reading === reading) this.#reading = null;
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

  /** Returns whether a configuration had this key at the last `read`. */
  has(key: string): boolean {
    return this.#keys.has(key) || this.#externalKeys.has(key);
  }

  /** Returns configurations with their trials, as of the last `read`. */
  configs(): readonly { readonly config: ConfigRecord; readonly trials: readonly ViewTrial[] }[] {
    return this.#entries.map(({ config, trials }) => ({ config, trials }));
  }

  /** Reads everything again next time: a finished trial was opened again. */
  forget(): void {
    this.#stale = true;
  }

  #reset(): void {
    this.#stale = false;
    this.#newestTrial = 0;
    for (const entry of this.#entries) {
      entry.trials = NO_TRIALS;
      entry.view = null;
    }
    this.#external.clear();
    this.#unfinished.clear();
    this.#buildAll = true;
  }

  async #refresh(): Promise<void> {
    // What is known of trials has the steps of the first objective alone.
    const known = this.#newestTrial === 0 && !this.#others ? await this.#known() : null;
    const since = {
      configId: this.#newestConfig,
      trialId: known?.newestId ?? this.#newestTrial,
      unfinished: known?.unfinished ?? [...this.#unfinished],
    };
    const { configs, trials: read } = await this.#storage.changes(this.#study.id, since);
    const trials = this.#others ? await this.#others.addTo(read) : read;
    const touched = new Set<Entry>();
    for (const config of configs) touched.add(this.#noteConfig(config));
    const noted = known ? merged(this.#placed(known), trials) : trials.map(toNoted);
    for (const trial of noted) {
      const entry = this.#noteTrial(trial);
      if (entry) touched.add(entry);
    }
    for (const entry of touched) entry.view = null;
    this.#view = this.#withConfigs(
      this.#buildAll || this.#external.size > 0 ? this.#build() : this.#extend(touched),
    );
    this.#buildAll = false;
  }

  #withConfigs(configs: readonly ConfigView[]): StudyView {
    return { ...this.#members, configs };
  }

  #noteConfig(config: ConfigRecord): Entry {
    const entry: Entry = {
      config,
      whole: null,
      position: this.#entries.length,
      trials: NO_TRIALS,
      view: null,
    };
    this.#entries.push(entry);
    this.#byId.set(config.id, entry);
    this.#keys.add(config.key);
    this.#newestConfig = config.id;
    return entry;
  }

  /** Trials that are known, by the ids of their configurations, in ascending order of their own. */
  *#placed({ finished }: KnownTrials): Generator<NotedTrial> {
    const ids = new Map(this.#entries.map(({ config }) => [config.number, config.id]));
    for (const known of finished()) {
      const configId = known.configuration === null ? null : (ids.get(known.configuration) ?? null);
      yield { trial: viewTrialOf(known), configId, params: known.params };
    }
  }

  /** Returns the configuration of the trial; null when another program made the trial. */
  #noteTrial({ trial, configId, params }: NotedTrial): Entry | null {
    this.#newestTrial = Math.max(this.#newestTrial, trial.id);
    if (isFinished(trial.state)) this.#unfinished.delete(trial.id);
    else this.#unfinished.add(trial.id);
    const entry = configId === null ? undefined : this.#byId.get(configId);
    if (!entry) {
      this.#external.set(trial.id, { ...trial, params: params() });
      return null;
    }
    // An enqueued trial has no configuration until it starts.
    if (this.#external.delete(trial.id)) this.#buildAll = true;
    const proposed = proposedFor(entry.config);
    if (proposed) this.#noteSuggested(entry, proposed, params());
    const known = entry.trials.findIndex(({ id }) => id === trial.id);
    entry.trials =
      known < 0 ? [...entry.trials, trial] : entry.trials.map((each, k) => (k === known ? trial : each));
    return entry;
  }

  /** Samplers see the whole point that they proposed. Everybody else sees the parameters that trials have named. */
  #noteSuggested(entry: Entry, proposed: Params, named: Params): void {
    entry.config = { ...entry.config, params: named };
    const params = { ...proposed, ...named };
    const key = paramsKey(params);
    if (entry.whole?.key === key) return;
    // Two configurations may end up with the same parameters; samplers need different keys.
    entry.whole = { params, key: this.has(key) ? entry.config.key : key };
    this.#keys.add(key);
  }

  /** Returns the last views, with the touched ones built again or added. */
  #extend(touched: Iterable<Entry>): ConfigView[] {
    const known = this.#view.configs;
    const added: ConfigView[] = [];
    const rows: number[] = [];
    for (const entry of touched) {
      if (entry.position >= known.length) added.push(viewOf(entry));
      rows.push(entry.position);
    }
    // One allocation of the right size: a long list that grows is copied twice.
    const views = known.concat(added);
    for (const entry of touched) views[entry.position] = viewOf(entry);
    noteChangedRows(
      known,
      views,
      rows.sort((a, b) => a - b),
    );
    return views;
  }

  /** Returns all views: those of this study in order of creation, then those of other programs. */
  #build(): ConfigView[] {
    const external = this.#externalByKey();
    this.#externalKeys = new Set(external.keys());
    const views = this.#entries.map((entry) => {
      const additions = external.get(entry.config.key);
      external.delete(entry.config.key);
      return additions ? makeConfigView(wholeOf(entry), [...entry.trials, ...additions]) : viewOf(entry);
    });
    for (const [key, trials] of external) {
      const params = trials[0]?.params ?? {};
      views.push(makeConfigView({ index: -1, params, key, attrs: {} }, trials));
    }
    return views;
  }

  /** Trials of other programs by the configuration that they belong to. */
  #externalByKey(): Map<string, ExternalTrial[]> {
    const groups = new Map<string, ExternalTrial[]>();
    for (const trial of this.#external.values()) {
      const key = externalKey(trial);
      if (key === null) continue;
      groups.set(key, [...(groups.get(key) ?? []), trial]);
    }
    return groups;
  }
}

const NO_TRIALS: readonly ViewTrial[] = [];

type ReadTrial = TrialRecord & JudgedSteps;

/** Both in ascending order of id. */
function* merged(known: Iterable<NotedTrial>, read: readonly ReadTrial[]): Generator<NotedTrial> {
  let at = 0;
  for (const noted of known) {
    for (; at < read.length && (read[at] as ReadTrial).id < noted.trial.id; at++)
      yield toNoted(read[at] as ReadTrial);
    yield noted;
  }
  for (; at < read.length; at++) yield toNoted(read[at] as ReadTrial);
}

function toNoted(trial: ReadTrial): NotedTrial {
  return { trial: viewTrialOf(trial), configId: trial.configId, params: () => trial.params };
}

function viewOf(entry: Entry): ConfigView {
  entry.view ??= makeConfigView(wholeOf(entry), entry.trials);
  return entry.view;
}

/** Returns a configuration as samplers see it. */
function wholeOf({ config, whole }: Entry): ConfigRecord {
  return whole ? { ...config, ...whole } : config;
}
