import { trialList } from '../../core/trial-list.js';
import type { Slot } from '../../executors/executor.js';
import { canReattach, handleKind } from '../../executors/handle.js';
import type { OpenedTrial, UnfinishedTrial } from '../../storage/storage.js';
import type { SweepOptions } from './sweep-options.js';
import type { TrialQueue } from './trial-queue.js';
import { UnseenOwners } from './unseen-owners.js';

export type Reattached = { readonly opened: OpenedTrial; readonly slot: Slot };

/** Reads pending work, reattaches attempts whose orchestrator has ended, and warns about those that it must leave. */
export class Reattachment {
  readonly #o: Pick<SweepOptions, 'study' | 'slots' | 'executor' | 'emit'>;
  readonly #unseen: UnseenOwners;
  /** Kinds of executors about whose attempts a warning was emitted. */
  readonly #warnedKinds = new Set<string>();

  readonly #queue: TrialQueue;
  #last: Promise<void> = Promise.resolve();

  readonly #isOpen: () => boolean;

  /** `isOpen`: whether the sweep still starts trials. */
  constructor(
    options: Pick<SweepOptions, 'study' | 'slots' | 'executor' | 'emit'>,
    queue: TrialQueue,
    isOpen: () => boolean,
  ) {
    this.#o = options;
    this.#isOpen = isOpen;
    this.#queue = queue;
    this.#unseen = new UnseenOwners(options.emit);
  }

  /**
   * Loads the queue, makes this process the owner of attempts whose orchestrator has ended, and yields each with its slot.
   * Those that the executor cannot follow, or that another process took first, are left out. `wanted` is asked once it is its turn.
   */
  async *load(retryFailed: boolean, wanted = () => true): AsyncGenerator<Reattached> {
    const done = await this.#turn();
    try {
      if (!wanted()) return;
      const orphans = await this.#queue.load(retryFailed);
      this.#unseen.note(this.#queue.unseen);
      yield* this.#take(orphans);
    } finally {
      done();
    }
  }

  /**
   * Does the same for workers that have ended since, while this one runs. `found` is called when there are any: their queued trials
   * are to be read too. None is taken once the sweep stops: it would wait for it, or stop it.
   */
  async *adopt(found: () => Promise<void>): AsyncGenerator<Reattached> {
    const done = await this.#turn();
    try {
      const orphans = this.#isOpen() ? await this.#queue.loadOrphans() : null;
      if (orphans === null) return;
      yield* this.#take(orphans, this.#isOpen);
      if (this.#isOpen()) await found();
    } finally {
      done();
    }
  }

  /** Resolves when nothing is being reattached: all that was has its slot. */
  get settled(): Promise<void> {
    return this.#last;
  }

  /** One look after the other: an attempt that is being taken is neither an orphan nor one that runs here. */
  async #turn(): Promise<() => void> {
    const before = this.#last;
    let done = () => {};
    this.#last = new Promise((resolve) => {
      done = resolve;
    });
    await before;
    return done;
  }

  async *#take(orphans: readonly UnfinishedTrial[], wanted = () => true): AsyncGenerator<Reattached> {
    const { study, slots, executor } = this.#o;
    const isOurs = ({ attempt }: UnfinishedTrial) =>
      attempt !== null && canReattach(executor, attempt.handle);
    this.#warnOfOthers(orphans.filter((orphan) => !isOurs(orphan)));
    for (const { trial, attempt } of orphans.filter(isOurs)) {
      if (!wanted()) return;
      if (!attempt || !(await study.storage.takeOverAttempt(attempt.id, attempt.owner, study.owner)))
        continue;
      const configurations = await study.configurations();
      const config = configurations.find(({ config: each }) => each.id === trial.configId)?.config;
      if (!config) continue;
      yield { opened: { trial, config, attempt }, slot: slots.reattach(attempt.device, attempt.token) };
    }
  }

  /** Warns at the end of the sweep about trials that another program may still run. */
  remind(): void {
    this.#unseen.remind();
  }

  #warnOfOthers(left: readonly UnfinishedTrial[]): void {
    const { kind: own } = this.#o.executor;
    const kindOf = ({ attempt }: UnfinishedTrial) => handleKind(attempt?.handle ?? '');
    for (const kind of new Set(left.map(kindOf))) {
      if (this.#warnedKinds.has(kind)) continue;
      this.#warnedKinds.add(kind);
      const trials = left.filter((each) => kindOf(each) === kind).map(({ trial }) => trial.number);
      const [were, them] = trials.length === 1 ? ['was', 'it'] : ['were', 'them'];
      const message =
        `${trialList(trials)} ${were} started by the executor ${kind}. This sweep uses the executor ${own} and leaves ` +
        `${them} unfinished. To finish ${them}, run hpo optimize with executor: ${kind}`;
      this.#o.emit({ type: 'warning', trial: null, message });
    }
  }
}
