import type { Distribution, Params, ParamValue } from '../core/distribution.js';
import { trainerSeed } from '../core/rng.js';
import { effectiveNames, type Space } from '../core/space.js';
import type { StudySpec } from '../core/spec.js';
import type { StudyView } from '../core/study-view.js';
import type { Direction, JsonValue } from '../core/trial.js';
import type { Pruner } from '../pruners/pruner.js';
import type { SamplerEntry } from '../samplers/registry.js';
import type { Sampler } from '../samplers/sampler.js';
import type {
  ConfigRecord,
  Ending,
  NewAttempt,
  OpenedTrial,
  Recomputed,
  ReportedPoint,
  Storage,
  StudyRecord,
  Suggested,
  UnfinishedTrial,
} from '../storage/storage.js';
import type { Terminator } from '../terminators/terminator.js';
import { askNext, type Exhausted, type History, limitOf } from './ask/ask.js';
import { openedBy, type Runner } from './ask/asked-trials.js';
import { askToSuggest, proposedFor, withNamed } from './ask/define-by-run.js';
import { openEnqueued, type Refused } from './ask/enqueued.js';
import { IndexPrediction } from './ask/index-prediction.js';
import { type Components, type CustomComponents, loadComponents } from './components.js';
import { replaceSpec } from './replacing.js';
import { deriveSeeds, directionsOf, eachOnce, storedSpec } from './stored-spec.js';
import { ViewCache } from './view.js';

/** Everything a study is, with its storage, sampler and pruner at hand. */
export class Study {
  readonly name: string;
  readonly id: number;
  readonly seed: number;
  readonly samplerEntry: SamplerEntry;
  readonly sampler: Sampler;
  /** Null when nothing is ever pruned, so that nothing needs to be read for it. */
  readonly pruner: Pruner | null;
  /** Null when nothing but a budget ends the search. */
  readonly terminator: Terminator | null;
  readonly storage: Storage;
  /** What became of finished trials whose objectives are others than before it was opened; null: they are the same. */
  readonly recomputed: Recomputed | null;
  #spec: StudySpec;
  #space: Space;
  readonly #cache: ViewCache;
  readonly #expected = new IndexPrediction();

  private constructor(
    storage: Storage,
    record: StudyRecord,
    spec: StudySpec,
    parts: Components,
    recomputed: Recomputed | null = null,
  ) {
    this.recomputed = recomputed;
    this.storage = storage;
    this.name = record.name;
    this.id = record.id;
    this.#spec = spec;
    this.seed = record.seed ?? 0;
    this.#space = parts.space;
    this.samplerEntry = parts.entry;
    this.sampler = parts.sampler;
    this.pruner = parts.pruner;
    this.terminator = parts.terminator;
    this.#cache = new ViewCache(storage, record);
  }

  /**
   * Creates a study. Seeds that are not given are derived from the study's seed and stored. `enqueued`: points to try
   * after the specification's own. `own`: parts that the specification names and cannot load.
   * @throws HpoError storage.study-exists, study.nothing-to-run, or a usage error when the sampler
   * cannot search the space or so many objectives, or the pruner cannot judge them.
   */
  static async create(
    storage: Storage,
    name: string,
    spec: StudySpec,
    seed: number,
    nowMs: number,
    enqueued: readonly Params[] = [],
    own: CustomComponents = {},
  ): Promise<Study> {
    const whole = { ...spec, seeds: deriveSeeds(spec, seed) };
    const parts = await loadComponents(whole, own);
    const record = await storage.createStudy({
      name,
      directions: directionsOf(whole),
      seed,
      spec: whole as unknown as JsonValue,
      createdAtMs: nowMs,
      enqueued: eachOnce([...whole.start, ...enqueued]),
    });
    return new Study(storage, record, whole, parts);
  }

  /**
   * Opens a study as it is stored, or with the given specification in its place (checked by the caller).
   * @throws HpoError study.foreign for a study that another program made.
   */
  static async open(
    storage: Storage,
    record: StudyRecord,
    replace?: StudySpec,
    own: CustomComponents = {},
  ): Promise<Study> {
    const stored = storedSpec(record);
    const spec = replace
      ? { ...replace, seeds: deriveSeeds(replace, record.seed ?? 0, stored.seeds) }
      : stored;
    const parts = await loadComponents(spec, own);
    const recomputed = replace ? await replaceSpec(storage, record.id, stored, spec) : null;
    return new Study(storage, { ...record, directions: directionsOf(spec) }, spec, parts, recomputed);
  }

  /**
   * Opens a study that another program made, to be read by this specification; nothing is stored.
   * @throws as `open`.
   */
  static async read(storage: Storage, record: StudyRecord, spec: StudySpec): Promise<Study> {
    return new Study(storage, record, spec, await loadComponents(spec));
  }

  /**
   * Goes on with a study that another program made (checked by the caller): it gets this specification and seed, and
   * its trials are where the search starts from.
   */
  static async continueOptunaStudy(
    storage: Storage,
    record: StudyRecord,
    spec: StudySpec,
    seed: number,
    own: CustomComponents = {},
  ): Promise<Study> {
    const whole = { ...spec, seeds: deriveSeeds(spec, seed) };
    const parts = await loadComponents(whole, own);
    const directions = directionsOf(whole);
    const start = eachOnce(whole.start);
    await storage.updateSpec(record.id, whole as unknown as JsonValue, directions, start, seed);
    return new Study(storage, { ...record, directions, seed }, whole, parts);
  }

  /** Names this process in what it allots and watches; others can judge from now on whether it lives. */
  get owner(): string {
    return this.storage.liveness.hold();
  }

  get spec(): StudySpec {
    return this.#spec;
  }

  /** What is searched; where the objective names its parameters itself, what it has named so far. */
  get space(): Space {
    return this.#space;
  }

  /** The space with what other programs have found out about it meanwhile. */
  async learntSpace(): Promise<Space> {
    const record = await this.storage.findStudy(this.name);
    if (!record) return this.#space;
    const stored = storedSpec(record).space;
    const both = withNamed(stored, this.#space.params);
    this.#setSpace(both);
    // Someone may have written over what we had learnt.
    if (both !== stored) await this.#storeSpec();
    return this.#space;
  }

  /** Null for a name that nobody has suggested. */
  distributionOf(name: string): Distribution | null {
    return this.#space.params.find((spec) => spec.name === name)?.distribution ?? null;
  }

  /** Stores a parameter that a trial has named itself. False when the trial is no longer this attempt's to tell of. */
  async suggest(trialId: number, attemptId: number | null, suggested: Suggested): Promise<boolean> {
    const done = await this.storage.suggest(trialId, attemptId, suggested);
    const learnt = withNamed(this.#space, [suggested]);
    if (!done || learnt === this.#space) return done;
    this.#setSpace(learnt);
    await this.#storeSpec();
    return done;
  }

  #setSpace(space: Space): void {
    if (JSON.stringify(space.params) === JSON.stringify(this.#space.params)) return;
    this.#space = space;
    this.#spec = { ...this.#spec, space };
  }

  #storeSpec(): Promise<void> {
    return this.storage.updateSpec(this.id, this.#spec as unknown as JsonValue);
  }

  /** The newest view of the study. */
  view(): Promise<StudyView> {
    return this.#cache.read();
  }

  /** The newest view, for a proposal. */
  async history(): Promise<History> {
    return { view: await this.view(), isTried: (key) => this.#cache.has(key) };
  }

  get directions(): readonly Direction[] {
    return this.#cache.directions;
  }

  /** Trials of any state, other programs' included. */
  trialCount(): Promise<number> {
    return this.storage.countTrials(this.id);
  }

  /** Configurations with their trials, in order. */
  async configurations() {
    await this.#cache.read();
    return this.#cache.configs();
  }

  /** Starts the oldest enqueued trial that can be run; null when none waits. */
  openEnqueued(
    runner: Runner,
    nowMs: number,
    refused: (trial: Refused) => void = () => {},
  ): Promise<OpenedTrial | null> {
    return openEnqueued(this, runner, nowMs, refused);
  }

  /**
   * Asks the sampler for a new configuration and opens its first trial.
   * Exhausted when the sampler has nothing left, the space has no untried point, or the study has `budget` trials.
   */
  ask(runner: Runner, startedAtMs: number, budget: number | null = null): Promise<OpenedTrial | Exhausted> {
    const seed = this.seedOf(0);
    const trial = { repeat: 0, seed, startedAtMs, ...openedBy(runner), limit: limitOf(this, budget) };
    return this.spec.defineByRun ? askToSuggest(this, trial) : askNext(this, this.#expected, trial);
  }

  /** Opens one more trial of a configuration; null when another orchestrator already did. */
  async addRepeat(
    configId: number,
    repeat: number,
    attempt: NewAttempt,
    startedAtMs: number,
  ): Promise<OpenedTrial | null> {
    const trial = { repeat, seed: this.seedOf(repeat), startedAtMs, attempt, asker: null };
    const opened = await this.storage.addTrial(configId, trial);
    if (opened) this.#expected.observeRepeat(opened);
    return opened;
  }

  /** The unfinished trial with this number, and its newest attempt; null when there is none. */
  async findUnfinished(number: number): Promise<UnfinishedTrial | null> {
    return (await this.storage.unfinished(this.id)).find(({ trial }) => trial.number === number) ?? null;
  }

  /** Opens a failed trial again; `keepSteps`: its next attempt may go on from a checkpoint. */
  async reopen(trialId: number, keepSteps: boolean): Promise<boolean> {
    const done = await this.storage.reopen(trialId, keepSteps);
    // After it, or a reader in between would hold the failure for good.
    this.#cache.forget();
    return done;
  }

  /** False when the trial is no longer this attempt's to report on. */
  report(trialId: number, attemptId: number | null, points: readonly ReportedPoint[]): Promise<boolean> {
    return this.storage.report(trialId, attemptId, points);
  }

  /** False when someone else finished the trial first. */
  tell(trialId: number, attemptId: number | null, ending: Ending): Promise<boolean> {
    return this.storage.tell(trialId, attemptId, ending);
  }

  seedOf(repeat: number): number {
    return this.spec.seeds?.[repeat] ?? trainerSeed(this.seed, repeat);
  }

  /** What a trial is given: where it names its parameters itself, what it finds when it does. */
  trialParams({ config, trial }: Pick<OpenedTrial, 'config' | 'trial'>): Params {
    const proposed = proposedFor(config);
    return proposed ? { ...proposed, ...trial.params } : this.effectiveParams(config);
  }

  /** What the trainer of a configuration is given, in the order of the space. */
  effectiveParams(config: Pick<ConfigRecord, 'params' | 'forced'>): Params {
    const all: Params = { ...config.params, ...config.forced };
    const given: Record<string, ParamValue> = {};
    // Then what the space no longer knows.
    for (const name of [...effectiveNames(this.space), ...Object.keys(all)])
      if (Object.hasOwn(all, name)) given[name] = all[name] as ParamValue;
    return given;
  }
}
