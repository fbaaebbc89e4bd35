import type { CategoricalDistribution, Distribution, Params } from '../core/distribution.js';
import type { Direction, FinishedState, TrialState } from '../core/trial.js';
import type { ObjectiveResult } from '../executors/function/executor.js';
import type { FunctionTrial } from '../executors/function/trial.js';
import type { Pruner } from '../pruners/pruner.js';
import type { Sampler } from '../samplers/sampler.js';
import type { SweepEnd } from '../study/events.js';
import type { SettingOptions } from './setting-options.js';

export type { Retries } from './retries.js';

/** Name -> distribution, as `float`, `int` and `categorical` make them. */
export type SearchSpace = Readonly<Record<string, Distribution>>;
type ValueOf<D extends Distribution> = D extends CategoricalDistribution<infer T> ? T : number;
/** The parameters of a declared space: numbers, and unions of the choices. */
export type ParamsOf<S extends SearchSpace> = { readonly [K in keyof S]: ValueOf<S[K]> };

/** A registry name, or one with options: `{ name: 'tpe', startup_trials: 10 }`. */
export type Named = string | ({ readonly name: string } & Readonly<Record<string, unknown>>);

/** How a study searches; it may change from one call to the next. */
export type SearchOptions = {
  /** A name, a name with options, or a sampler of your own. Default: auto. */
  readonly sampler?: Named | Sampler;
  /** A name, a name with options, or a pruner of your own. Default: none. */
  readonly pruner?: Named | Pruner;
};

export type CreateStudyOptions<S extends SearchSpace = SearchSpace> = SearchOptions & {
  /** Default: `study`. */
  readonly name?: string;
  /** `memory:` (the default), `sqlite:FILE`, or a path that ends in `.db`, `.sqlite` or `.sqlite3`. */
  readonly storage?: string;
  /** Which way is better; with several objectives `directions` in its place, one for each. */
  readonly direction?: Direction;
  readonly directions?: readonly Direction[];
  /** Names of the objectives, for tables and `report({ name: value }, step)`. Default: `objective`, or `objective_0` ... */
  readonly metrics?: readonly string[];
  /** What is searched. Without it the objective names its parameters as it runs (`trial.suggestFloat`). */
  readonly space?: S;
  /** What ends the search when going on is no longer worth it. Default: none. */
  readonly terminator?: Named;
  /** Trials of each configuration, each with another seed. Default 1. */
  readonly repeats?: number;
  /** Default 0. With one trial at a time the same seed proposes the same configurations. */
  readonly seed?: number;
  /** Resume the study when there is one of this name, instead of failing; any number of programs may start so. Default false. */
  readonly loadIfExists?: boolean;
};

export type LoadStudyOptions<S extends SearchSpace = SearchSpace> = SearchOptions & {
  readonly name: string;
  /** `sqlite:FILE`, or a path that ends in `.db`, `.sqlite` or `.sqlite3`. */
  readonly storage: string;
  /** For the types of the parameters: it must be the one that the study has. */
  readonly space?: S;
};

/** A trial to run: hand it, or its number, back with the result. */
export type AskedTrial<P extends object = Params> = FunctionTrial<P>;

/**
 * A value of the objective (a list of them with several), or how the trial ended without one. A pruned trial without
 * values has the last that it reported.
 */
export type TrialResult =
  | number
  | readonly number[]
  | { readonly state: 'fail'; readonly reason?: string }
  | { readonly state: 'pruned'; readonly values?: readonly number[]; readonly reason?: string };

export type Objective<P extends object = Params> = (
  trial: FunctionTrial<P>,
) => ObjectiveResult | Promise<ObjectiveResult>;

/** A trial that has ended, as a callback hears of it. */
export type FinishedTrial<P extends object = Params> = {
  readonly number: number;
  readonly state: FinishedState;
  readonly params: P;
  /** One for each objective; null when it has none. */
  readonly values: readonly number[] | null;
  /** Why it is pruned or failed. */
  readonly reason: string | null;
  readonly durationMs: number;
  /** What the objective threw. */
  readonly error?: unknown;
};

export type Callbacks<P extends object = Params> = {
  readonly onTrialStart?: (trial: { readonly number: number; readonly seed: number }) => unknown;
  /** After the trial is stored. May return a promise: `optimize` waits for it before it resolves. */
  readonly onTrialEnd?: (trial: FinishedTrial<P>) => unknown;
  /** Something people should see. Default: `process.emitWarning`. */
  readonly onWarning?: (message: string, trial: number | null) => unknown;
};

type ErrorClass = abstract new (...args: never[]) => Error;

/**
 * A total of trials counts earlier ones, so the same program resumes where it was. A function cannot be stopped: one that has
 * not ended a second after `trialTimeout` is abandoned, so that the search continues.
 */
export type OptimizeOptions<P extends object = Params> = Callbacks<P> &
  SettingOptions & {
    /** Aborted: running trials are asked to end by their own signals, and run again by the next call. */
    readonly signal?: AbortSignal;
    /**
     * Which errors of the objective only fail its trial: all (true), those of these classes, or those for which this is
     * true. Any other one fails its trial too and then `optimize` throws it, once the trials that run are over. Default: none.
     */
    readonly catch?: boolean | readonly ErrorClass[] | ((error: unknown) => boolean);
    /** Run trials that failed in earlier calls again. Default false. */
    readonly retryFailed?: boolean;
  };

/** Why the search ended, in a word and in words. */
export type OptimizeResult = { readonly end: SweepEnd; readonly detail: string };

/** The best configuration: mean, standard deviation and count over its complete trials. */
export type Best<P extends object = Params> = {
  readonly params: P;
  readonly value: number;
  readonly std: number | null;
  readonly trialCount: number;
  readonly trials: readonly number[];
};

/** A configuration of the Pareto front. */
export type ParetoPoint<P extends object = Params> = {
  readonly params: P;
  /** One for each objective. */
  readonly values: readonly number[];
  readonly std: readonly number[] | null;
  readonly trialCount: number;
  readonly trials: readonly number[];
};

export type TrialSummary<P extends object = Params> = {
  readonly number: number;
  readonly state: TrialState;
  readonly params: P;
  readonly values: readonly number[] | null;
  /** The last value of every metric. */
  readonly metrics: Readonly<Record<string, number>>;
  readonly seed: number | null;
  readonly reason: string | null;
  /** Unix time in milliseconds. */
  readonly startedAtMs: number | null;
  readonly finishedAtMs: number | null;
};

/** A study in a program: to optimize a function, or to ask and tell. `P`: its parameters. */
export type LibraryStudy<P extends object = Params> = {
  readonly name: string;
  /**
   * Runs the objective until the study has its trials, or something else ends the search.
   * @throws what the objective throws and `catch` does not take, what a callback throws, and HpoError.
   */
  optimize(objective: Objective<P>, options?: OptimizeOptions<P>): Promise<OptimizeResult>;
  /** The running `optimize` starts no further trial; those that run finish. */
  stop(): void;
  /** @throws HpoError study.exhausted when nothing is left to try. */
  ask(): Promise<AskedTrial<P>>;
  /**
   * Ends a trial that was asked for. A NaN counts as a failure.
   * @throws HpoError trial.finished when the trial is not running, trial.values when there is not one for each objective.
   */
  tell(trial: { readonly number: number } | number, told: TrialResult): Promise<void>;
  /**
   * Has a configuration tried next, whole or in part: the sampler chooses the rest. Returns the number of its trial.
   * @throws HpoError enqueue.bad-value, enqueue.useless (usage).
   */
  enqueue(params: Partial<P>): Promise<number>;
  /** The best configuration, or null when none is complete and keeps the limits. @throws HpoError study.several-objectives. */
  best(): Promise<Best<P> | null>;
  /** The Pareto front, ordered by the first objective; of one objective the best configurations. */
  paretoFront(): Promise<readonly ParetoPoint<P>[]>;
  /** Every trial, in order of number. */
  trials(): Promise<readonly TrialSummary<P>[]>;
  /**
   * Closes the storage. A running `optimize` is aborted as by its `signal`, and waited for, so that nothing runs after it;
   * called from an objective or a callback, it returns before that. A second call does nothing more.
   */
  close(): Promise<void>;
};
