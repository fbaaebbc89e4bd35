import type { ConfigView } from '../../src/core/study-view.js';
import type { TrialView } from '../../src/core/trial.js';
import type { Sampler } from '../../src/samplers/sampler.js';
import type { Scheduler, ScheduleView } from '../../src/schedulers/scheduler.js';
import { propose } from '../search/run.js';
import { type Ledger, makeLedger } from './ledger.js';
import type { CurveTable } from './table.js';

export type Simulation = {
  readonly sampler: Sampler;
  /** Null: every trial trains in full. */
  readonly scheduler: Scheduler | null;
  readonly seed: number;
  /** Epochs to spend. */
  readonly budget: number;
  /** Whether the trainer saves checkpoints, so that trials may be paused. */
  readonly resumable: boolean;
};

export type Simulated = {
  /** The lowest loss of a full training after each epoch spent. */
  readonly best: readonly number[];
  readonly trials: number;
  readonly complete: number;
};

/** Runs one sampler with one scheduler on a table, with one slot, as a study would: no process, no clock. */
export async function simulate(table: CurveTable, options: Simulation): Promise<Simulated> {
  const run = new Run(table, options);
  while (await run.step());
  return {
    best: padded(run.ledger.best(), options.budget),
    trials: run.configs.length,
    complete: run.ledger.complete(),
  };
}

/** A search that leaves a rest of its budget has the same best value until the end of it. */
function padded(best: readonly number[], budget: number): readonly number[] {
  const last = best.at(-1) ?? Number.POSITIVE_INFINITY;
  return [...best, ...Array.from({ length: Math.max(0, budget - best.length) }, () => last)];
}

class Run {
  readonly configs: ConfigView[] = [];
  readonly ledger: Ledger;
  readonly #table: CurveTable;
  readonly #options: Simulation;
  readonly #losses: (readonly number[])[] = [];
  readonly #held = new Set<string>();
  #exhausted = false;

  constructor(table: CurveTable, options: Simulation) {
    this.#table = table;
    this.#options = options;
    this.ledger = makeLedger(table, options.budget);
  }

  /** Runs one attempt; false when the budget is spent or nothing is left to do. */
  async step(): Promise<boolean> {
    if (this.ledger.left() === 0) return false;
    const { scheduler } = this.#options;
    const promotion = (await scheduler?.next(this.#view())) ?? null;
    if (promotion !== null && 'trial' in promotion) {
      await this.#attempt(promotion.trial, promotion.toStep);
      return true;
    }
    if (this.#exhausted || (promotion !== null && 'wait' in promotion)) return false;
    if (!this.#ask()) {
      // A scheduler that learns that there is nothing to ask for may still promote.
      this.#exhausted = true;
      return true;
    }
    const trial = this.configs.length - 1;
    const targets = await scheduler?.firstTargets(this.#view());
    await this.#attempt(trial, targets?.(trial) ?? null);
    return true;
  }

  #ask(): boolean {
    const { sampler, seed } = this.#options;
    const index = this.configs.length;
    const next = propose(this.#table.space, sampler, this.#view(), { index, seed, held: this.#held });
    if (next === null) return false;
    this.#losses.push(this.#table.losses(next.params));
    const trial = { number: index, state: 'running', values: null, steps: new Map() } as const;
    this.configs.push({
      index,
      params: next.params,
      key: next.key,
      attrs: next.attrs,
      std: null,
      violations: [],
      ...resultsOf({ ...trial, pausedAt: null }),
    });
    return true;
  }

  /** Trains one trial up to a step (null: to its end), unless the scheduler ends the attempt earlier. */
  async #attempt(number: number, toStep: number | null): Promise<void> {
    const { scheduler, resumable } = this.#options;
    const { epochs } = this.#table;
    const target = resumable && toStep !== null ? toStep : epochs;
    this.#update(number, { pausedAt: null });
    while (this.ledger.left() > 0) {
      const step = this.#trial(number).steps.size + 1;
      const losses = this.ledger.train(String(number), this.#losses[number] as readonly number[], step);
      const loss = losses[step - 1] as number;
      this.#update(number, { steps: new Map(this.#trial(number).steps).set(step, loss) });
      if (step === epochs) {
        this.#complete(number, loss);
        return;
      }
      const verdict = (await scheduler?.decide(this.#trial(number), this.#view())) ?? { kind: 'continue' };
      if (verdict.kind === 'stop') {
        this.#prune(number);
        return;
      }
      if (resumable && (verdict.kind === 'pause' || step >= target)) {
        this.#update(number, { pausedAt: step });
        return;
      }
    }
  }

  #complete(number: number, loss: number): void {
    const failed = Number.isNaN(loss);
    this.#update(number, {
      state: failed ? 'fail' : 'complete',
      values: failed ? null : [loss],
    });
  }

  /** As in a study, the value is the last finite report. */
  #prune(number: number): void {
    const last = [...this.#trial(number).steps.values()].findLast((loss) => !Number.isNaN(loss));
    this.#update(number, { state: 'pruned', values: last === undefined ? null : [last] });
  }

  #trial(number: number): TrialView {
    return this.configs[number]?.trials[0] as TrialView;
  }

  #update(number: number, change: Partial<TrialView>): void {
    const config = this.configs[number] as ConfigView;
    this.configs[number] = { ...config, ...resultsOf({ ...this.#trial(number), ...change }) };
  }

  /** A view never changes, so every one has its own list. */
  #view(): ScheduleView {
    return {
      directions: ['minimize'],
      seed: this.#options.seed,
      configs: [...this.configs],
      maxSteps: this.#table.epochs,
      earlier: null,
      space: this.#table.space,
      resumable: this.#options.resumable,
      canAsk: !this.#exhausted,
      canExploit: false,
      stepsLeft: this.ledger.left(),
    };
  }
}

function resultsOf(trial: TrialView): Pick<ConfigView, 'state' | 'values' | 'trialCount' | 'trials'> {
  return {
    state: trial.state === 'waiting' ? 'running' : trial.state,
    values: trial.values,
    trialCount: trial.state === 'complete' ? 1 : 0,
    trials: [trial],
  };
}
