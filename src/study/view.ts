import type { Params } from '../core/distribution.js';
import { givenKey } from '../core/space.js';
import { mean, standardDeviation } from '../core/stats.js';
import type { ConfigState, ConfigView, StudyView } from '../core/study-view.js';
import type { Direction, TrialView } from '../core/trial.js';
import { isFinished } from '../core/trial.js';
import type { ConfigRecord, Storage, StudyRecord, TrialRecord } from '../storage/storage.js';

/**
 * The study as samplers and pruners see it. Finished trials never change, so only what is new or unfinished is read
 * again, and only when someone has written; an unchanged study gives the same object.
 */
export class ViewCache {
  readonly #storage: Storage;
  readonly #study: StudyRecord;
  #version: string | null = null;
  #view: StudyView;
  readonly #configs = new Map<number, ConfigRecord>();
  /** By number; nearly always appended to. */
  readonly #ordered: ConfigRecord[] = [];
  readonly #trials = new Map<number, TrialRecord>();
  readonly #byConfig = new Map<number, number[]>();
  readonly #built = new Map<number, ConfigView>();
  #foreign = new Set<number>();
  #reading: Promise<void> = Promise.resolve();
  #newestConfig = 0;
  #newestTrial = 0;
  #unfinished: number[] = [];
  #stale = false;
  #inserted = false;

  constructor(storage: Storage, study: StudyRecord) {
    this.#storage = storage;
    this.#study = study;
    this.#view = { directions: study.directions, seed: study.seed ?? 0, configs: [] };
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
    const version = this.#storage.version();
    if (version === this.#version && !this.#stale) return;
    if (this.#stale) this.#reset();
    await this.#refresh();
    this.#version = version;
  }

  get directions(): readonly Direction[] {
    return this.#study.directions;
  }

  /** The record behind a configuration, as of the last `read`. */
  configs(): readonly { readonly config: ConfigRecord; readonly trials: readonly TrialRecord[] }[] {
    return this.#ordered.map((config) => ({ config, trials: this.#trialsOf(config.id) }));
  }

  /** After a finished trial was opened again: forget what was held immutable. */
  forget(): void {
    this.#stale = true;
  }

  #reset(): void {
    this.#stale = false;
    this.#newestTrial = 0;
    this.#trials.clear();
    this.#byConfig.clear();
    this.#built.clear();
    this.#foreign.clear();
    this.#inserted = true;
    this.#unfinished = [];
  }

  async #refresh(): Promise<void> {
    const since = { configId: this.#newestConfig, trialId: this.#newestTrial, unfinished: this.#unfinished };
    const { configs, trials } = await this.#storage.changes(this.#study.id, since);
    for (const config of configs) this.#noteConfig(config);
    await this.#fetchLateConfigs(trials);
    const touched = new Set(configs.map((config) => config.id));
    for (const trial of trials) {
      this.#noteTrial(trial);
      if (trial.configId !== null) touched.add(trial.configId);
    }
    const candidates = new Set([...this.#unfinished, ...trials.map((t) => t.id)]);
    this.#unfinished = [...candidates].filter((id) => !isFinished(this.#trials.get(id)?.state ?? 'fail'));
    for (const id of touched) this.#built.delete(id);
    const built = this.#extend(touched) ?? this.#build();
    this.#view = { directions: this.#study.directions, seed: this.#study.seed ?? 0, configs: built };
  }

  /** A configuration allotted early and filled late has a lower id than the newest one seen: its trial tells of it. */
  async #fetchLateConfigs(trials: readonly TrialRecord[]): Promise<void> {
    const missing = trials.flatMap((t) =>
      t.configId === null || this.#configs.has(t.configId) ? [] : t.configId,
    );
    if (missing.length === 0) return;
    const since = { configId: Math.min(...missing) - 1, trialId: this.#newestTrial, unfinished: [] };
    const { configs } = await this.#storage.changes(this.#study.id, since);
    for (const config of configs) this.#noteConfig(config);
  }

  #noteConfig(config: ConfigRecord): void {
    if (!this.#configs.has(config.id)) {
      const before = this.#ordered.findLastIndex((other) => other.number < config.number);
      if (before + 1 < this.#ordered.length) this.#inserted = true;
      this.#ordered.splice(before + 1, 0, config);
    }
    this.#configs.set(config.id, config);
    this.#newestConfig = Math.max(this.#newestConfig, config.id);
  }

  #noteTrial(trial: TrialRecord): void {
    const before = this.#trials.get(trial.id);
    // An enqueued trial has no configuration until someone takes it.
    if (!before || before.configId !== trial.configId) {
      this.#foreign.delete(trial.id);
      if (trial.configId === null) this.#foreign.add(trial.id);
      else this.#byConfig.set(trial.configId, [...(this.#byConfig.get(trial.configId) ?? []), trial.id]);
    }
    // A configuration has the parameters of all its trials: a long study holds them once.
    this.#trials.set(trial.id, trial.configId === null ? trial : { ...trial, params: NO_PARAMS });
    this.#newestTrial = Math.max(this.#newestTrial, trial.id);
  }

  #trialsOf(configId: number): TrialRecord[] {
    return (this.#byConfig.get(configId) ?? []).map((id) => this.#trials.get(id) as TrialRecord);
  }

  /**
   * The view before with only what was touched built again; null when that is not all: other programs added trials,
   * or a configuration came between earlier ones.
   */
  #extend(touched: ReadonlySet<number>): ConfigView[] | null {
    const before = this.#view.configs;
    if (this.#foreign.size > 0 || this.#inserted) return null;
    const views = before.slice();
    for (const id of touched) {
      const config = this.#configs.get(id) as ConfigRecord;
      // Numbers have no gaps as a rule; where they have, all is built.
      if (this.#ordered[config.number] !== config) return null;
      const view = makeConfigView(config, this.#trialsOf(id));
      this.#built.set(id, view);
      views[config.number] = view;
    }
    return views.length === this.#ordered.length ? views : null;
  }

  /** Ours in the order they were filled, then what other programs added. */
  #build(): ConfigView[] {
    this.#inserted = false;
    const foreign = this.#foreignByKey();
    const views = this.#ordered.map((config) => {
      const guests = foreign.get(config.key);
      foreign.delete(config.key);
      let view = guests ? undefined : this.#built.get(config.id);
      if (!view) {
        view = makeConfigView(config, [...this.#trialsOf(config.id), ...(guests ?? [])]);
        if (!guests) this.#built.set(config.id, view);
      }
      return view;
    });
    for (const [key, trials] of foreign) {
      const params = trials[0]?.params ?? {};
      views.push(makeConfigView({ index: -1, params, key, attrs: {} }, trials));
    }
    return views;
  }

  /** Trials of other programs; one that only waits, or has no parameters yet, tells nothing. */
  #foreignByKey(): Map<string, TrialRecord[]> {
    const groups = new Map<string, TrialRecord[]>();
    for (const id of this.#foreign) {
      const trial = this.#trials.get(id) as TrialRecord;
      if (trial.state === 'waiting' || Object.keys(trial.params).length === 0) continue;
      const key = givenKey(trial.params);
      groups.set(key, [...(groups.get(key) ?? []), trial]);
    }
    return groups;
  }
}

const NO_PARAMS: Params = {};
const NO_CONSTRAINTS: readonly number[] = [];

function makeConfigView(
  config: Pick<ConfigRecord, 'index' | 'params' | 'key' | 'attrs'>,
  records: readonly TrialRecord[],
): ConfigView {
  const trials: readonly TrialView[] = records;
  const complete = trials.flatMap((t) => (t.state === 'complete' && t.values ? [t.values] : []));
  const columns = transpose(complete);
  const counted = records.filter(({ state }) => state === 'complete' || state === 'pruned');
  const violations = counted.flatMap((trial) => (trial.violations.length > 0 ? [trial.violations] : []));
  const pruned = trials.findLast((t) => t.state === 'pruned');
  const deviations = columns.map(standardDeviation);
  return {
    index: config.index,
    params: config.params,
    key: config.key,
    state: stateOf(trials),
    values: pruned ? pruned.values : complete.length > 1 ? columns.map(mean) : (complete[0] ?? null),
    std: complete.length > 1 ? deviations.map((d) => d ?? 0) : null,
    n: complete.length,
    outcomeConstraints: violations.length > 0 ? transpose(violations).map(mean) : NO_CONSTRAINTS,
    trials,
    attrs: config.attrs,
  };
}

function transpose(rows: readonly (readonly number[])[]): number[][] {
  return (rows[0] ?? []).map((_, k) => rows.map((row) => row[k] as number));
}

/** A pruned repeat decides; else the configuration runs as long as one of its trials does. */
function stateOf(trials: readonly TrialView[]): ConfigState {
  if (trials.some((t) => t.state === 'pruned')) return 'pruned';
  if (trials.length === 0 || trials.some((t) => !isFinished(t.state))) return 'running';
  return trials.some((t) => t.state === 'complete') ? 'complete' : 'fail';
}
