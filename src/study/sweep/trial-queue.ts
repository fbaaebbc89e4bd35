import type { AttemptRef, Checkpoints } from '../../executors/executor.js';
import type { NewAttempt, OpenedTrial, UnfinishedTrial } from '../../storage/storage.js';
import { isAbandoned } from '../ask/asked-trials.js';
import type { Refused } from '../ask/enqueued.js';
import { fullness, limitOf } from '../ask/trial-limit.js';
import type { Emit } from '../events.js';
import { reopenFailed } from '../reopen-failed.js';
import { openExploit } from './exploits.js';
import { countSeen, isOutdated, oneMore } from './one-more.js';
import { isOrphan, judgeOwners } from './orphans.js';
import type { Exploited, PausedTrials } from './paused-trials.js';
import { type AskNext, RaceQueue } from './race-queue.js';
import { SearchEnd } from './search-end.js';
import type { QueueContext } from './sweep-context.js';
import type { Unseen } from './unseen-owners.js';

type Repeat = { readonly configId: number; readonly repeat: number };
export type TrialQueueOptions = {
  readonly study: QueueContext;
  /** With this many trials no new configuration is asked for; null for no limit. */
  readonly budget: number | null;
  /** In a race: how many configurations are tried; null: as many as the budget allows. */
  readonly configurations: number | null;
  /** Null when trials have none. */
  readonly checkpoints: Checkpoints | null;
  readonly paused: PausedTrials;
  /** Trials that may complete without an improvement; null: any number. */
  readonly patience: () => number | null;
  /** Receives enqueued trials that cannot be run, and trials that continue after they were paused. */
  readonly emit: Emit;
};

/**
 * Decides what runs next: trials queued again, then missing repeats, then enqueued trials, then a new configuration while the
 * budget lasts. It keeps the study's pending work in memory, so that each question is cheap.
 */
export class TrialQueue {
  readonly #study: QueueContext;
  #budget: number | null;
  readonly #checkpoints: Checkpoints | null;
  #queued: UnfinishedTrial[] = [];
  #repeats: Repeat[] = [];
  readonly #pruned = new Set<number>();
  readonly #paused: PausedTrials;
  readonly #emit: Emit;
  #enqueued = 0;
  #unseen: Unseen = new Map();
  #exhausted: string | null = null;
  readonly #searchEnd: SearchEnd;
  readonly #race: RaceQueue;

  constructor({ study, budget, configurations, checkpoints, paused, patience, emit }: TrialQueueOptions) {
    this.#searchEnd = new SearchEnd(study, { patience, emit });
    this.#race = new RaceQueue(study, configurations);
    this.#paused = paused;
    this.#emit = emit;
    this.#study = study;
    this.#budget = budget;
    this.#checkpoints = checkpoints;
  }

  /**
   * Reads pending work: queued trials, those whose asker has ended, and missing repeats. Returns the attempts whose
   * orchestrator has ended; the caller reattaches them. With `retryFailed`, failed trials are queued again.
   */
  async load(retryFailed: boolean): Promise<UnfinishedTrial[]> {
    const { storage, id } = this.#study;
    if (retryFailed) await this.#reopenFailed();
    const { ended, unknown } = await judgeOwners(this.#study);
    const orphans = await this.#sortUnfinished(ended, unknown);
    this.#repeats = await this.#missingRepeats();
    this.#enqueued = (await storage.unfinished(id, 'waiting')).length;
    return orphans;
  }

  /**
   * Returns the attempts whose orchestrator has ended since the last look, and queues trials whose asker has; null: none has ended.
   */
  async loadOrphans(): Promise<UnfinishedTrial[] | null> {
    const { ended } = await judgeOwners(this.#study);
    if (ended.length === 0) return null;
    const unfinished = await this.#study.storage.unfinished(this.#study.id, 'running');
    for (const item of unfinished)
      if (isAbandoned(item, ended) && !this.#queued.some(({ trial }) => trial.id === item.trial.id))
        this.requeue(item);
    return unfinished.filter((item) => isOrphan(item, ended));
  }

  /** Another total of trials; null for no limit. */
  setBudget(budget: number | null): void {
    this.#budget = budget;
  }

  /** Reads trials that a command queued again, or enqueued, since the last look. `isKnown`: it runs here, or waits here. */
  async loadRequeued(isKnown: (trialId: number) => boolean): Promise<void> {
    const { storage, id } = this.#study;
    const queued = (await storage.unfinished(id)).filter(
      ({ trial, attempt }) =>
        trial.state === 'running' &&
        trial.configId !== null &&
        attempt !== null &&
        attempt.finishedAtMs !== null &&
        !this.#paused.isPaused({ trial }) &&
        !isKnown(trial.id) &&
        this.#queued.every((known) => known.trial.id !== trial.id),
    );
    // A view that was read before holds the failures for good.
    if (queued.some(({ attempt }) => attempt?.settled)) this.#study.forgetFinished();
    for (const item of queued) this.requeue(item);
    this.#enqueued = (await storage.unfinished(id, 'waiting')).length;
  }

  async #reopenFailed(): Promise<void> {
    const { storage } = this.#study;
    const hasCheckpoint = async (attempt: AttemptRef) => this.#checkpoints?.exist(attempt) ?? false;
    for (const { trials } of await this.#study.configurations()) {
      for (const trial of trials)
        if (trial.state === 'fail') await reopenFailed(storage, trial, hasCheckpoint);
    }
    // Afterwards: a reader in between would keep the failures for good.
    this.#study.forgetFinished();
  }

  /** Owners that the last `load` could not judge. Their trials are neither reattached nor started again. */
  get unseen(): Unseen {
    return this.#unseen;
  }

  /** Fills the queue and returns the running attempts that no orchestrator watches any more. */
  async #sortUnfinished(ended: readonly string[], unknown: readonly string[]): Promise<UnfinishedTrial[]> {
    const unfinished = (await this.#study.storage.unfinished(this.#study.id, 'running')).filter(
      ({ trial }) => trial.configId !== null,
    );
    this.#paused.look(unfinished);
    this.#queued = unfinished.filter(
      (item) =>
        !this.#paused.isPaused(item) &&
        ((item.attempt && item.attempt.finishedAtMs !== null) || isAbandoned(item, ended)),
    );
    const running = unfinished.filter(({ attempt }) => attempt?.finishedAtMs === null);
    const of = (owner: string) => running.filter(({ attempt }) => attempt?.owner === owner);
    this.#unseen = new Map(unknown.map((owner) => [owner, of(owner).map(({ trial }) => trial.number)]));
    return running.filter((item) => isOrphan(item, ended));
  }

  async #missingRepeats(): Promise<Repeat[]> {
    const { storage, id, spec } = this.#study;
    const found = await storage.missingRepeats(id, spec.repeats);
    for (const { configId, isPruned } of found) if (isPruned) this.#pruned.add(configId);
    return found.flatMap(({ configId, repeats }) => repeats.map((repeat) => ({ configId, repeat })));
  }

  /**
   * Whether trials are queued or enqueued, repeats of configurations without pruned trials are missing, or paused trials may
   * continue.
   */
  get hasPendingWork(): boolean {
    const repeats = this.#repeats.some(({ configId }) => !this.#pruned.has(configId));
    return repeats || this.#queued.length > 0 || this.#enqueued > 0 || this.#paused.mayContinue;
  }

  /** A trial was pruned: its configuration gets no further repeats. */
  notePruned(configId: number): void {
    this.#pruned.add(configId);
  }

  /** A trial waits for another attempt. */
  requeue(item: UnfinishedTrial): void {
    this.#queued.push(item);
    this.#queued.sort((a, b) => a.trial.number - b.trial.number);
  }

  /** Opens the next attempt for a free slot. `none` says why nothing is left to start. `askNew` opens a new configuration. */
  async next(
    attempt: NewAttempt,
    startedAtMs: number,
    askNew: QueueContext['ask'] = (...all) => this.#study.ask(...all),
  ): Promise<AskNext> {
    for (let item = this.#queued.shift(); item; item = this.#queued.shift()) {
      const { storage } = this.#study;
      const { asker: fromAsker } = item;
      const target = this.#study.scheduler === null ? null : (item.attempt?.targetStep ?? null);
      const again = { ...attempt, targetStep: () => target };
      const opened = await storage.restart(
        item.trial.id,
        fromAsker === null
          ? { fromAsker, attempt: again }
          : { fromAsker, attempt: again, asker: null, startedAtMs },
      );
      if (opened) return { opened };
    }
    const firstTargets = await this.#paused.firstTargets();
    for (let item = this.#repeats.shift(); item; item = this.#repeats.shift()) {
      if (this.#pruned.has(item.configId)) continue;
      const target =
        this.#study.scheduler === null ? null : firstTargets(await this.#firstTrialOf(item.configId));
      const repeated = { ...attempt, targetStep: () => target };
      const opened = await this.#study.addRepeat(item.configId, item.repeat, repeated, startedAtMs);
      if (opened) return { opened };
    }
    const begun = { ...attempt, targetStep: firstTargets };
    // Read each time: users may enqueue while the sweep runs.
    const enqueued = await this.#study.openEnqueued(begun, startedAtMs, (refused) =>
      this.#noteRefused(refused),
    );
    if (enqueued) return this.#withRepeats(enqueued);
    this.#enqueued = 0;
    const seen = await countSeen(this.#study);
    const continued = await this.#continue(attempt, startedAtMs, true);
    if (continued) return continued;
    const asked = await this.#race.next({
      attempt: begun,
      startedAtMs,
      budget: this.#budget,
      ask: () => this.#ask(begun, startedAtMs, askNew, oneMore(seen, this.#study, this.#budget)),
    });
    if ('none' in asked && (await isOutdated(seen, this.#study, this.#budget)))
      return this.next(attempt, startedAtMs, askNew);
    return 'none' in asked ? ((await this.#continue(attempt, startedAtMs, false)) ?? asked) : asked;
  }

  /** Opens the next attempt of what the scheduler continues; null: a new configuration may be asked for. */
  async #continue(attempt: NewAttempt, startedAtMs: number, canAsk: boolean): Promise<AskNext | null> {
    for (let canExploit = true; ; ) {
      const continued = await this.#paused.next({ canAsk, canExploit });
      if (continued === null) return null;
      if (continued.kind === 'wait')
        return { none: continued.isSpent ? 'spent' : 'exhausted', detail: continued.wait };
      if (continued.kind === 'exploit') {
        const opened = await this.#exploit(continued, attempt, startedAtMs);
        if (typeof opened === 'object') return { opened };
        canExploit = opened !== 'refused';
        continue;
      }
      const { trialId, promotion } = continued;
      this.#paused.forget(trialId);
      const opened = await this.#study.storage.restart(trialId, {
        fromAsker: null,
        attempt: { ...attempt, targetStep: () => promotion.toStep },
      });
      // Null: another orchestrator was first, and the next view shows it.
      if (opened) this.#emit({ type: 'trial-continued', fromStep: continued.fromStep, ...promotion });
      if (opened) return { opened };
    }
  }

  async #exploit(exploited: Exploited, attempt: NewAttempt, startedAtMs: number) {
    const opened = await openExploit({
      ...exploited,
      study: this.#study,
      checkpoints: this.#checkpoints,
      attempt,
      startedAtMs,
      budget: this.#budget,
      emit: this.#emit,
    });
    const { replaces } = exploited.exploit;
    const replaced = exploited.replaced.trials.find(({ number }) => number === replaces);
    if (typeof opened === 'object' && replaced) this.#paused.forget(replaced.id);
    return opened;
  }

  #noteRefused({ number, reason }: Refused): void {
    this.#emit({ type: 'warning', trial: number, message: `enqueued, but not run: ${reason}` });
  }

  async #firstTrialOf(configId: number): Promise<number> {
    const configurations = await this.#study.configurations();
    const own = configurations.find(({ config }) => config.id === configId);
    return own?.trials[0]?.number ?? 0;
  }

  async #ask(
    attempt: NewAttempt,
    startedAtMs: number,
    askNew: QueueContext['ask'],
    budget: number | null,
  ): Promise<AskNext> {
    if (this.#exhausted !== null) return { none: 'exhausted', detail: this.#exhausted };
    // Checked before anything is sampled. The transaction that opens the trial decides.
    const full = await fullness(this.#study, limitOf(this.#study.spec.repeats, budget));
    if (full) return { none: 'budget', detail: full.exhausted };
    const ended = await this.#searchEnd.reached();
    if (ended) return ended;
    const asked = await askNew(attempt, startedAtMs, budget);
    if ('exhausted' in asked) {
      if (asked.full) return { none: 'budget', detail: asked.exhausted };
      this.#exhausted = asked.exhausted;
      return { none: 'exhausted', detail: asked.exhausted };
    }
    return this.#withRepeats(asked);
  }

  #withRepeats(opened: OpenedTrial): AskNext {
    for (let repeat = 1; repeat < this.#study.spec.repeats; repeat++) {
      this.#repeats.push({ configId: opened.config.id, repeat });
    }
    return { opened };
  }
}
