import type { Params } from '../core/distribution.js';
import type { Attrs, FinishedState, JsonValue, TrialState } from '../core/trial.js';
import type { FunctionTrial } from '../executors/function/trial.js';
import type { Completion, ResultOf, Unnamed, ValuesOf } from './values.js';

/** What a program stores with a trial, for people and programs that read it later. */
export type TrialAttrs = {
  /**
   * Adds attributes, or replaces those of the same names; null removes one. Returns at once: they are stored in order, before
   * the trial ends. @throws HpoError attrs.name for a name that begins with `hpo:`.
   */
  set(values: Attrs): void;
  /** What this program has set; undefined: nothing. */
  get(name: string): JsonValue | undefined;
};

/** A trial of a loop. `P`: its parameters. `V`: what completes it. */
export interface RunningTrial<P extends object = Params, V = Completion<Unnamed>> extends FunctionTrial<P> {
  readonly attrs: TrialAttrs;
  /**
   * Ends the trial with a number for each objective, or with one objective just the number. NaN fails it. Resolves with its
   * state once that is stored: `running` when it runs again, after an abort or for a retry.
   * @throws HpoError trial.finished when the program has ended the trial before; trial.values for other names or counts.
   */
  complete(values: V): Promise<TrialState>;
  /** Ends the trial without values. With retries it runs again. Resolves and throws as `complete`. */
  fail(reason?: unknown): Promise<TrialState>;
  /** Ends the trial early; it keeps the last values that it reported. Resolves and throws as `complete`. */
  prune(reason?: string): Promise<TrialState>;
}

/** A trial to run. Pass it, or its number, to `tell` with the result. */
export interface AskedTrial<P extends object = Params> extends FunctionTrial<P> {
  readonly attrs: TrialAttrs;
}

/**
 * What `tell` takes: the value of the objective, values by the names of the objectives, a list with one for each, or how the
 * trial ended without one. `pausedAt`: the step that it has come to, where a scheduler pauses trials; `ask` hands it out again
 * when the scheduler continues it. A pruned trial without values gets the last ones that it reported.
 */
export type TrialResult<V = Completion<string>, L = readonly number[]> =
  | V
  | L
  | { readonly pausedAt: number }
  | { readonly state: 'fail'; readonly reason?: string }
  | { readonly state: 'pruned'; readonly values?: L; readonly reason?: string };

/** What is optimized. `R`: what it returns. */
export type Objective<P extends object = Params, R = ResultOf<string>> = (
  trial: FunctionTrial<P>,
) => R | Promise<R>;

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

/** The best configuration: mean, standard deviation and count over its complete trials. */
export type Best<P extends object = Params> = {
  readonly params: P;
  readonly value: number;
  readonly std: number | null;
  readonly trialCount: number;
  /** Numbers of its trials. */
  readonly trials: readonly number[];
};

/** One of the best configurations, with values by the names of the objectives. */
export type BestTrial<P extends object = Params, V = ValuesOf<Unnamed>> = {
  readonly params: P;
  /** Means over its complete trials. */
  readonly values: V;
  readonly trialCount: number;
  /** Numbers of its trials. */
  readonly trials: readonly number[];
};

/** A configuration of the Pareto front, with its values in a list. */
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
  /** What programs have stored with it (`trial.attrs.set`), without hpo's own. */
  readonly attrs: Attrs;
  readonly seed: number | null;
  readonly reason: string | null;
  /** Unix time in milliseconds. */
  readonly startedAtMs: number | null;
  readonly finishedAtMs: number | null;
};

/** Which trials `trials` returns. */
export type TrialFilter = {
  /** One state or several. Default: all. */
  readonly state?: TrialState | readonly TrialState[];
  /** At most so many. Default: all. */
  readonly limit?: number;
  /** Only trials with a higher number. Default: all. */
  readonly after?: number;
};

/** A trial that ran elsewhere, with the values that it had. */
export type AddedTrial<P extends object = Params, V = Completion<Unnamed>> = {
  readonly params: P;
  /** A number for each objective by its name, or with one objective just the number. */
  readonly values: V;
  readonly attrs?: Attrs;
};
