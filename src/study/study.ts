import type { Distribution, Params } from '../core/distribution.js';
import { earlierOf } from '../core/earlier-studies.js';
import { hasJudgedSteps } from '../core/judged-steps.js';
import { trainerSeed } from '../core/rng.js';
import type { Space } from '../core/space.js';
import type { StudySpec } from '../core/spec.js';
import type { StudyView } from '../core/study-view.js';
import type { Direction } from '../core/trial.js';
import type { CustomPruner } from '../pruners/pruner.js';
import type { SamplerEntry } from '../samplers/registry.js';
import type { CustomSampler } from '../samplers/sampler.js';
import type { Scheduler } from '../schedulers/scheduler.js';
import type {
  ConfigRecord,
  Ending,
  FirstTrial,
  NewAttempt,
  OpenedTrial,
  Recomputed,
  ReportedPoint,
  Storage,
  StudyRecord,
  Suggested,
  UnfinishedTrial,
} from '../storage/storage.js';
import type { CustomTerminator } from '../terminators/terminator.js';
import { askNext } from './ask/ask.js';
import { askBatch, type OpenedBatch } from './ask/ask-batch.js';
import type { AskContext, History } from './ask/ask-context.js';
import { openedBy, type Runner } from './ask/asked-trials.js';
import { askToSuggest } from './ask/define-by-run.js';
import { openEnqueued, type Refused } from './ask/enqueued.js';
import { IndexPrediction } from './ask/index-prediction.js';
import type { Exhausted } from './ask/propose.js';
import { limitOf } from './ask/trial-limit.js';
import type { ComponentsApart } from './components-apart.js';
import { LearnedSpace } from './learned-space.js';
import { OtherSteps } from './other-steps.js';
import type { Configuration, ResultsSource } from './study-context.js';
import type { SweepContext } from './sweep/sweep-context.js';
import { effectiveParams, trialParams } from './trial-params.js';
import { type KnownTrialsSource, ViewCache } from './view.js';

/** What a study is made from. */
export type StudyParts = {
  readonly storage: Storage;
  readonly record: StudyRecord;
  readonly spec: StudySpec;
  readonly components: ComponentsApart;
  readonly recomputed?: Recomputed | null;
};

/**
 * One study with its storage, sampler, pruner and terminator at hand. `open-study.ts` makes it. No function takes it as a
 * parameter: each takes a narrow context that it satisfies.
 */
export class Study implements AskContext, SweepContext, ResultsSource {
  readonly name: string;
  readonly id: number;
  /** What names it wherever its file goes; null in a study that another program made. */
  readonly uid: string | null;
  readonly seed: number;
  readonly samplerEntry: SamplerEntry;
  readonly sampler: CustomSampler;
  readonly pruner: CustomPruner | null;
  readonly scheduler: Scheduler | null;
  readonly terminator: CustomTerminator | null;
  readonly storage: Storage;
  /** What happened to finished trials whose objectives changed when the study was opened; null: nothing changed. */
  readonly recomputed: Recomputed | null;
  readonly #closeThread: () => Promise<void>;
  readonly #learned: LearnedSpace;
  readonly #views: ViewCache;
  readonly #prediction = new IndexPrediction();
  /** By repeat: making one takes longer than the rest of opening a trial. */
  readonly #trainerSeeds = new Map<number, number>();

  constructor({ storage, record, spec, components, recomputed = null }: StudyParts) {
    this.storage = storage;
    this.name = record.name;
    this.id = record.id;
    this.uid = record.uid;
    this.seed = record.seed ?? 0;
    this.recomputed = recomputed;
    this.samplerEntry = components.entry;
    this.sampler = components.sampler;
    this.pruner = components.pruner;
    this.scheduler = components.scheduler;
    this.terminator = components.terminator;
    this.#closeThread = components.closeThread;
    this.#learned = new LearnedSpace(storage, record, spec, components.space);
    const isJudged = components.pruner !== null || components.scheduler !== null;
    const others = isJudged && hasJudgedSteps(spec) ? new OtherSteps(storage, record.id, spec) : null;
    const earlier = earlierOf(spec.transfer);
    this.#views = new ViewCache(storage, record, { maxSteps: spec.maxSteps, others, earlier });
  }

  /** Gives back what is held: indices that were reserved ahead, and the thread in which components compute. The study can still be used. */
  async release(): Promise<void> {
    const { storage, id } = this;
    for (let held = this.#prediction.takeReserved(); held; held = this.#prediction.takeReserved())
      // Without an answer of the database the index stays with this process, and is free once that has ended.
      await storage.releaseIndices(id, { reservation: held.reservation }).catch(() => {});
    await this.#closeThread();
  }

  /** The name of this process, as stored with what it reserves and runs. From now on others can see whether it lives. */
  get owner(): string {
    return this.storage.liveness.hold();
  }

  get spec(): StudySpec {
    return this.#learned.spec;
  }

  /** What is searched; in a define-by-run study the parameters that are known so far. */
  get space(): Space {
    return this.#learned.space;
  }

  get directions(): readonly Direction[] {
    return this.#views.directions;
  }

  learntSpace(): Promise<Space> {
    return this.#learned.refresh();
  }

  distributionOf(name: string): Distribution | null {
    return this.#learned.distributionOf(name);
  }

  async suggest(trialId: number, attemptId: number | null, suggested: Suggested): Promise<boolean> {
    const done = await this.storage.suggest(trialId, attemptId, suggested);
    if (done) await this.#learned.learn(suggested);
    return done;
  }

  /** Reads the search that another process has stored; returns what differs from before. */
  readSearch(): Promise<'space' | 'priors' | null> {
    return this.#learned.readSearch((space) => !this.sampler.refuse?.(space));
  }

  /** Views begin with trials that somebody has read already. */
  beginWith(known: KnownTrialsSource): void {
    this.#views.beginWith(known);
  }

  view(): Promise<StudyView> {
    return this.#views.read();
  }

  async history(): Promise<History> {
    return { view: await this.view(), isTried: (key) => this.#views.has(key) };
  }

  async configurations(): Promise<readonly Configuration[]> {
    await this.#views.read();
    return this.#views.configs();
  }

  async trialCount(): Promise<number> {
    return (await this.storage.count(this.id, ['trials'])).trials;
  }

  openEnqueued(
    runner: Runner,
    nowMs: number,
    onRefused: (trial: Refused) => void = () => {},
  ): Promise<OpenedTrial | null> {
    return openEnqueued(this, { runner, nowMs, onRefused });
  }

  /**
   * Asks the sampler for a new configuration and opens its first trial. Exhausted when the sampler has no more, the space
   * has no untried point, or the study has `budget` trials.
   */
  ask(runner: Runner, startedAtMs: number, budget: number | null = null): Promise<OpenedTrial | Exhausted> {
    const trial = this.#firstTrial(runner, startedAtMs, budget);
    return this.spec.defineByRun ? askToSuggest(this, trial) : askNext(this, this.#prediction, trial);
  }

  /**
   * Opens several new configurations, which the sampler chooses together, in one transaction; fewer where
   * nothing is left.
   */
  async askBatch(count: number, runnerOf: () => Runner, startedAtMs: number): Promise<OpenedBatch> {
    const batch = await askBatch(this, count, () => this.#firstTrial(runnerOf(), startedAtMs, null));
    this.#prediction.reset();
    return batch;
  }

  #firstTrial(runner: Runner, startedAtMs: number, budget: number | null): FirstTrial {
    const limit = limitOf(this.spec.repeats, budget);
    return { repeat: 0, seed: this.seedOf(0), startedAtMs, ...openedBy(runner), limit };
  }

  async addRepeat(
    configId: number,
    repeat: number,
    attempt: NewAttempt,
    startedAtMs: number,
  ): Promise<OpenedTrial | null> {
    const trial = { repeat, seed: this.seedOf(repeat), startedAtMs, attempt, asker: null };
    const opened = await this.storage.addRepeat(configId, trial);
    if (opened) this.#prediction.observeRepeat(opened);
    return opened;
  }

  /** Returns the unfinished trial with this number, and its newest attempt; null when there is none. */
  async findUnfinished(number: number): Promise<UnfinishedTrial | null> {
    return (await this.storage.unfinished(this.id)).find(({ trial }) => trial.number === number) ?? null;
  }

  /** Reads finished trials again: another process may have queued failed ones. */
  forgetFinished(): void {
    this.#views.forget();
  }

  report(trialId: number, attemptId: number | null, points: readonly ReportedPoint[]): Promise<boolean> {
    return this.storage.report(trialId, attemptId, points);
  }

  tell(trialId: number, attemptId: number | null, ending: Ending): Promise<boolean> {
    return this.storage.finish(trialId, attemptId, ending);
  }

  seedOf(repeat: number): number {
    const given = this.spec.seeds?.[repeat];
    if (given !== undefined) return given;
    const seed = this.#trainerSeeds.get(repeat) ?? trainerSeed(this.seed, repeat);
    this.#trainerSeeds.set(repeat, seed);
    return seed;
  }

  trialParams(opened: Pick<OpenedTrial, 'config' | 'trial'>): Params {
    return trialParams(this.space, opened);
  }

  effectiveParams(config: Pick<ConfigRecord, 'params' | 'forced'>): Params {
    return effectiveParams(this.space, config);
  }
}
