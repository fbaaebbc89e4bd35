/// <reference lib="esnext.disposable" preserve="true" />
import type { Params } from '../core/distribution.js';
import type { Executor } from '../executors/executor.js';
import type { OptimizeOptions, OptimizeResult, RunOptions } from './call-options.js';
import type {
  AddedTrial,
  AskedTrial,
  Best,
  BestTrial,
  Objective,
  ParetoPoint,
  RunningTrial,
  TrialFilter,
  TrialResult,
  TrialSummary,
} from './trial-types.js';
import type { Completion, IfOne, ListOf, ResultOf, Unnamed, ValuesOf } from './values.js';

/** What `study.on` reports. */
export type StudyEvents<P extends object = Params, V = ValuesOf<Unnamed>> = {
  /**
   * A trial of this program made a new best configuration, or with several objectives one that no other dominates.
   * `number`: the trial.
   */
  readonly improved: { readonly params: P; readonly values: V; readonly number: number };
};

type OneObjective = 'best() is for one objective: use bestTrials()';

/** A study in a program. `P`: its parameters. `M`: the names of its objectives. */
export interface Study<P extends object = Params, M extends string = Unnamed> {
  readonly name: string;
  /**
   * Returns a loop over new trials: `for await (const trial of study.run({ trials: '+30' }))`. Up to `concurrency` trials
   * are open at once. The loop hands out the next one as soon as fewer are open; it does not wait for the others. End each
   * trial with `complete`, `fail` or `prune`. A trial without an end fails when the loop asks for the next one at
   * concurrency 1, and when the loop is left by break or a throw.
   */
  run(options?: RunOptions<P>): AsyncIterableIterator<RunningTrial<P, Completion<M>>>;
  /**
   * Runs the objective until the study has its trials, or something else ends the search. An executor runs the trials in
   * place of a function of this program.
   * @throws an error of the objective that `catch` does not match, an error of a callback, or HpoError.
   * @deprecated Use `run`; with an executor there is no other way.
   */
  optimize(
    objective: Objective<P, ResultOf<M>> | Executor,
    options?: OptimizeOptions<P>,
  ): Promise<OptimizeResult>;
  /** A running call starts no further trial; running trials finish. */
  stop(): void;
  /**
   * Returns a trial to run. Where a scheduler pauses trials it may be one that continues: its `startStep` is above 0.
   * @throws HpoError study.exhausted when nothing is left to try.
   */
  ask(): Promise<AskedTrial<P>>;
  /**
   * Returns so many trials to run at once, or fewer where fewer are left. New configurations are chosen together, no two of them
   * nearly the same, and opened in one transaction.
   * @throws HpoError study.exhausted when nothing is left to try; ask.count (usage).
   */
  ask(count: number): Promise<readonly AskedTrial<P>[]>;
  /**
   * Records the result of a trial from `ask`. NaN counts as a failure.
   * @throws HpoError trial.finished when the trial is not running, trial.values when there is not one value per objective.
   */
  tell(
    trial: { readonly number: number } | number,
    result: TrialResult<Completion<M>, ListOf<M>>,
  ): Promise<void>;
  /**
   * Queues a configuration, whole or in part; the sampler chooses the rest. Returns the number of its trial.
   * @throws HpoError (usage) enqueue.bad-value, enqueue.duplicate, enqueue.inactive, enqueue.forbidden.
   */
  enqueue(params: Partial<P>): Promise<number>;
  /**
   * Adds a complete trial that ran elsewhere. Returns its number.
   * @throws HpoError (usage) trial.not-added when it does not fit the study, or the study has its configuration already.
   */
  addTrial(trial: AddedTrial<P, Completion<M>>): Promise<number>;
  /** Returns the best configuration; null when none is complete and feasible. For studies with one objective. */
  best(this: IfOne<M, unknown, OneObjective>): Promise<Best<P> | null>;
  /** Returns the best configuration, or with several objectives all that no other dominates, by the first objective. */
  bestTrials(): Promise<readonly BestTrial<P, ValuesOf<M>>[]>;
  /** Returns every trial, or those that the filter selects, in order of number. */
  trials(filter?: TrialFilter): Promise<readonly TrialSummary<P>[]>;
  /**
   * Returns how much of an objective each parameter explains, from 0 to 1, the highest first. `objective`: its name; default:
   * the first. With fewer than two complete configurations nothing is known, and it is empty.
   */
  importance(options?: {
    readonly objective?: M;
  }): Promise<Readonly<Partial<Record<keyof P & string, number>>>>;
  /**
   * Calls the listener after each event. What it throws ends the call that runs. Returns a function that stops it.
   */
  on<E extends keyof StudyEvents>(
    event: E,
    listener: (event: StudyEvents<P, ValuesOf<M>>[E]) => unknown,
  ): () => void;
  /**
   * Closes the storage, unless it is shared. It aborts what runs as its `signal` does, and waits for its end, so that nothing
   * runs afterwards. Trials of a loop that came to its end are not aborted: it waits until the program has ended them, or has
   * nothing left to do. Called from an objective or a callback, it returns before that end. A second call does nothing.
   */
  close(): Promise<void>;
  /** `await using study = ...` closes the study at the end of its block. */
  [Symbol.asyncDispose](): Promise<void>;
  /**
   * Returns the Pareto front with values in lists, ordered by the first objective; with one objective the best configuration.
   * @deprecated Use `bestTrials`.
   */
  paretoFront(): Promise<readonly ParetoPoint<P>[]>;
  /** @deprecated Use `bestTrials`. */
  front(): Promise<readonly ParetoPoint<P>[]>;
}

/** @deprecated Renamed to `Study`. */
export type LibraryStudy<P extends object = Params, M extends string = Unnamed> = Study<P, M>;
