import type { CategoricalDistribution, Distribution, Params } from '../core/distribution.js';
import type { Direction, FinishedState, TrialState } from '../core/trial.js';
import type { ObjectiveResult } from '../executors/function/executor.js';
import type { FunctionTrial } from '../executors/function/trial.js';
import type { Pruner } from '../pruners/pruner.js';
import type { Sampler } from '../samplers/sampler.js';
import type { SweepEnd } from '../study/events.js';
import type { SettingOptions } from './setting-options.js';

export type { Retries } from './retries.js';

/** Parameter name -> distribution. `float`, `int` and `categorical` make distributions. */
export type SearchSpace = Readonly<Record<string, Distribution>>;
type ValueOf<D extends Distribution> = D extends CategoricalDistribution<infer T> ? T : number;
/** The parameters of a declared space: numbers, and unions of the choices. */
export type ParamsOf<S extends SearchSpace> = { readonly [K in keyof S]: ValueOf<S[K]> };

/** A registered name, alone or with options: `{ name: 'tpe', startup_trials: 10 }`. */
export type ComponentSpec = string | ({ readonly name: string } & Readonly<Record<string, unknown>>);

/** How a study searches. It may differ from one call to the next. */
export type SearchOptions = {
  /** A name, a name with options, or an object. Default: auto. */
  readonly sampler?: ComponentSpec | Sampler;
  /** A name, a name with options, or an object. Default: none. */
  readonly pruner?: ComponentSpec | Pruner;
};

export type CreateStudyOptions<S extends SearchSpace = SearchSpace> = SearchOptions & {
  /** Default: `study`. */
  readonly name?: string;
  /** `memory:` (the default), `sqlite:FILE`, or a path that ends in `.db`, `.sqlite` or `.sqlite3`. */
  readonly storage?: string;
  /** The direction of the objective. With several objectives give `directions` instead, one for each. */
  readonly direction?: Direction;
  readonly directions?: readonly Direction[];
  /** Names of the objectives, for tables and `report({ name: value }, step)`. Default: `objective`, or `objective_0` ... */
  readonly metrics?: readonly string[];
  /** What is searched. Without it the objective names its parameters as it runs (`trial.suggestFloat`). */
  readonly space?: S;
  /** What ends the search when little is left to gain. Default: none. */
  readonly terminator?: ComponentSpec;
  /** Trials of each configuration, each with its own seed. Default: 1. */
  readonly repeats?: number;
  /** Default: 0. With one trial at a time the same seed proposes the same configurations. */
  readonly seed?: number;
  /** True: resume a study of this name instead of failing. Several programs may start at once this way. Default: false. */
  readonly loadIfExists?: boolean;
};

export type LoadStudyOptions<S extends SearchSpace = SearchSpace> = SearchOptions & {
  readonly name: string;
  /** `sqlite:FILE`, or a path that ends in `.db`, `.sqlite` or `.sqlite3`. */
  readonly storage: string;
  /** Gives the parameters their types. It must equal the space of the study. */
  readonly space?: S;
};

/** A trial to run. Pass it, or its number, to `tell` with the result. */
export type AskedTrial<P extends object = Params> = FunctionTrial<P>;

/**
 * The value of the objective (a list with several objectives), or how the trial ended without one. A pruned trial without
 * values gets the last ones that it reported.
 */
export type TrialResult =
  | number
  | readonly number[]
  | { readonly state: 'fail'; readonly reason?: string }
  | { readonly state: 'pruned'; readonly values?: readonly number[]; readonly reason?: string };

export type Objective<P extends object = Params> = (
  trial: FunctionTrial<P>,
) => ObjectiveResult | Promise<ObjectiveResult>;

/** A trial that has ended, as callbacks get it. */
export type FinishedTrial<P extends object = Params> = {
  readonly number: number;
  readonly state: FinishedState;
  readonly params: P;
  /** One for each objective; null when it has none. */
  readonly values: readonly number[] | null;
  /** Why it was pruned or failed. */
  readonly reason: string | null;
  readonly durationMs: number;
  /** What the objective threw. */
  readonly error?: unknown;
};

export type Callbacks<P extends object = Params> = {
  readonly onTrialStart?: (trial: { readonly number: number; readonly seed: number }) => unknown;
  /** Called after the trial is stored. May return a promise: `optimize` waits for it before it resolves. */
  readonly onTrialEnd?: (trial: FinishedTrial<P>) => unknown;
  /** Receives what people should see. Default: `process.emitWarning`. */
  readonly onWarning?: (message: string, trial: number | null) => unknown;
};

type ErrorClass = abstract new (...args: never[]) => Error;

/**
 * A total of trials counts earlier ones, so the same program resumes where it was. A function cannot be stopped: one that has
 * not ended a second after `trialTimeout` is abandoned, so that the search continues.
 */
export type OptimizeOptions<P extends object = Params> = Callbacks<P> &
  SettingOptions & {
    /** When it is aborted, the signals of running trials are aborted too, and the next call runs those trials again. */
    readonly signal?: AbortSignal;
    /**
     * Which errors of the objective fail only their trial: all (true), those of these classes, or those for which the
     * function returns true. Any other error fails its trial too, and `optimize` throws it when the running trials have
     * ended. Default: none.
     */
    readonly catch?: boolean | readonly ErrorClass[] | ((error: unknown) => boolean);
    /** True: run trials that failed in earlier calls again. Default: false. */
    readonly retryFailed?: boolean;
  };

/** Why the search ended: `end` is one of a few fixed words, `detail` is text for people. */
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

/** A study in a program: it optimizes a function, or serves ask and tell. `P`: its parameters. */
export type Study<P extends object = Params> = {
  readonly name: string;
  /**
   * Runs the objective until the study has its trials, or something else ends the search.
   * @throws an error of the objective that `catch` does not match, an error of a callback, or HpoError.
   */
  optimize(objective: Objective<P>, options?: OptimizeOptions<P>): Promise<OptimizeResult>;
  /** The running `optimize` starts no further trial; running trials finish. */
  stop(): void;
  /** Returns a trial to run. @throws HpoError study.exhausted when nothing is left to try. */
  ask(): Promise<AskedTrial<P>>;
  /**
   * Records the result of a trial from `ask`. NaN counts as a failure.
   * @throws HpoError trial.finished when the trial is not running, trial.values when there is not one value per objective.
   */
  tell(trial: { readonly number: number } | number, result: TrialResult): Promise<void>;
  /**
   * Queues a configuration, whole or in part; the sampler chooses the rest. Returns the number of its trial.
   * @throws HpoError (usage) enqueue.bad-value, enqueue.duplicate, enqueue.inactive, enqueue.forbidden.
   */
  enqueue(params: Partial<P>): Promise<number>;
  /** Returns the best configuration; null when none is complete and feasible. @throws HpoError study.several-objectives. */
  best(): Promise<Best<P> | null>;
  /** Returns the Pareto front, ordered by the first objective; with one objective the best configurations. */
  paretoFront(): Promise<readonly ParetoPoint<P>[]>;
  /** Returns every trial, in order of number. */
  trials(): Promise<readonly TrialSummary<P>[]>;
  /**
   * Closes the storage. It aborts a running `optimize` as its `signal` does, and waits for its end, so that nothing runs
   * afterwards. Called from an objective or a callback, it returns before that end. A second call does nothing.
   */
  close(): Promise<void>;
};

/** @deprecated Renamed to `Study`. */
export type LibraryStudy<P extends object = Params> = Study<P>;
