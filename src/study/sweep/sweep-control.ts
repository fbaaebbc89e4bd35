import { type ChangedLimits, isSameLimit, type StudyControl } from '../../core/study-control.js';
import type { AttemptRun } from '../attempt/attempt-run.js';
import { type Budget, countTrials, planBudget } from './budget.js';
import { ControlWatch } from './control-watch.js';
import { Deadline } from './deadline.js';
import { stepLimitOf } from './stop-rules.js';
import type { SweepOptions } from './sweep-options.js';
import type { WorkerLease } from './worker-lease.js';

type Options = Pick<
  SweepOptions,
  | 'study'
  | 'emit'
  | 'slots'
  | 'budget'
  | 'epochs'
  | 'timeoutMs'
  | 'total'
  | 'patience'
  | 'setAttemptLimits'
  | 'spending'
  | 'idle'
  | 'drain'
  | 'abort'
  | 'stop'
> & { readonly keptLease: WorkerLease | null };

export type SweepControlHooks = {
  readonly timeUp: () => void;
  readonly budgetChanged: (budget: Budget) => void;
  /** After every control: trials may be queued, allowed or wanted that were not before. */
  readonly changed: () => Promise<void>;
  /** Other workers may have lost their lease. */
  readonly adopt: () => Promise<void>;
};

/** Obeys what commands ask of a running sweep: pause, limits, and requests to stop single trials. */
export class SweepControl {
  readonly #o: Options;
  readonly #hooks: SweepControlHooks;
  readonly #watch: ControlWatch;
  readonly #deadline: Deadline;
  #limits: ChangedLimits = {};
  #isPaused = false;
  #total: number | null;

  constructor(options: Options, running: ReadonlyMap<number, AttemptRun>, hooks: SweepControlHooks) {
    this.#o = options;
    this.#hooks = hooks;
    this.#total = options.total;
    this.#deadline = new Deadline(hooks.timeUp);
    const { study } = options;
    options.keptLease?.attach({
      // Jobs of a queue run on: the worker that follows them when the database answers again finds everything.
      lost: () => {
        if (this.isCutOff) for (const run of [...running.values()]) run.stop('interrupted');
      },
      regained: () => void hooks.changed().catch(() => {}),
      renewed: () => hooks.adopt(),
    });
    this.#watch = new ControlWatch(study.storage, study.id, {
      stopRequested: (attempts) => {
        for (const run of [...running.values()]) if (attempts.has(run.attempt.id)) run.stop('stopped');
      },
      changed: async (control) => {
        const changed = await study.readSearch();
        // Of a grid, how many trials it has follows from its space.
        const isListed = !study.samplerEntry.endless && study.spec.race === null;
        if (changed === 'space' && isListed) await this.#plan();
        if (changed !== null)
          options.emit({ type: changed === 'space' ? 'space-changed' : 'priors-changed' });
        await this.#obey(control);
        await hooks.changed();
      },
    });
  }

  /** Whether no trial may start. */
  get isPaused(): boolean {
    return this.#isPaused || this.#o.keptLease?.isHeld === false;
  }

  /** Whether trials end now, so that another worker may start them. */
  get isCutOff(): boolean {
    return this.#o.keptLease?.isCutOff ?? false;
  }

  /** Resolves when every other worker has shown that it lives, or has lost its lease, or when the sweep stops. */
  async untilNobodyIsLate(): Promise<void> {
    const { keptLease, drain, abort } = this.#o;
    await keptLease?.untilNobodyIsLate(() => drain.aborted || abort.aborted);
  }

  /** Trials that may complete without an improvement; null: any number. */
  get patience(): number | null {
    return this.#limits.patience === undefined ? (this.#o.patience ?? null) : this.#limits.patience;
  }

  /** Obeys what is stored already, and follows it until `close`. */
  async start(): Promise<void> {
    this.#deadline.set(this.#o.timeoutMs);
    // It keeps trials from starting, and none starts any more.
    this.#o.idle?.addEventListener('abort', () => this.#deadline.clear(), { once: true });
    await this.#obey(await this.#watch.start(this.#o.idle));
  }

  close(): void {
    this.#watch.close();
    this.#deadline.clear();
  }

  async #obey({ pausedAtMs, limits, stopping }: StudyControl): Promise<void> {
    const { emit, study } = this.#o;
    if (stopping.includes(study.owner)) this.#o.stop?.();
    const isPaused = pausedAtMs !== null;
    if (isPaused !== this.#isPaused) {
      this.#isPaused = isPaused;
      emit({ type: isPaused ? 'sweep-paused' : 'sweep-resumed' });
    }
    const changed = differing(limits, this.#limits);
    if (Object.keys(changed).length === 0) return;
    this.#limits = { ...this.#limits, ...changed };
    await this.#apply(changed);
    emit({ type: 'limits-changed', limits: changed, total: this.#total });
  }

  /** Whether the budget was all that ended the sweep, and it is another one now. */
  #needsPlan(changed: ChangedLimits): boolean {
    const isBudget = changed.spending !== undefined || changed.epochs !== undefined;
    return isBudget && this.#o.budget === null && (this.#limits.trials ?? null) === null;
  }

  async #apply(changed: ChangedLimits): Promise<void> {
    const { slots, spending = null, setAttemptLimits } = this.#o;
    if (changed.timeoutMs !== undefined) this.#deadline.set(changed.timeoutMs);
    if (changed.maxConcurrent !== undefined) slots.resize(changed.maxConcurrent);
    setAttemptLimits(changed);
    spending?.change(changed);
    if (changed.trials !== undefined || this.#needsPlan(changed)) await this.#plan();
  }

  async #plan(): Promise<void> {
    const { study, epochs, spending = null, budget: given } = this.#o;
    const timeoutMs = this.#limits.timeoutMs === undefined ? this.#o.timeoutMs : this.#limits.timeoutMs;
    const total = this.#limits.trials === undefined ? given : this.#limits.trials;
    const trials = total === null ? null : { count: total, more: false };
    const budget = planBudget(study, await countTrials(study), {
      trials,
      configurations: null,
      timeoutMs,
      epochs: stepLimitOf({ epochs, spending }),
      spending: spending?.limit ?? null,
    });
    this.#total = budget.total;
    this.#hooks.budgetChanged(budget);
  }
}

/** Limits that are set now and differ from before. One that is not set any more stays as it was. */
function differing(now: ChangedLimits, before: ChangedLimits): ChangedLimits {
  const names = (Object.keys(now) as (keyof ChangedLimits)[]).filter(
    (name) => !Object.hasOwn(before, name) || !isSameLimit(now[name], before[name]),
  );
  return Object.fromEntries(names.map((name) => [name, now[name]]));
}
