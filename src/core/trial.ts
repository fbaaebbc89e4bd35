import type { ParamValue } from './distribution.js';

export type Direction = 'minimize' | 'maximize';

/** As in Optuna. A trial between two attempts is still `running` (shown as queued). */
export type TrialState = 'waiting' | 'running' | 'complete' | 'pruned' | 'fail';
export type FinishedState = 'complete' | 'pruned' | 'fail';

export type Attrs = Readonly<Record<string, JsonValue>>;
export type JsonValue = ParamValue | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** One run of one configuration with one seed, as samplers and pruners see it. */
export type TrialView = {
  readonly number: number;
  readonly state: TrialState;
  /** The objective values of a finished trial; null while it runs or when it has none. */
  readonly values: readonly number[] | null;
  /** step -> the raw objective reported at that step (NaN is kept). Ascending steps. */
  readonly steps: ReadonlyMap<number, number>;
  /** The step at which a running trial is paused. Absent or null: it is not. */
  readonly pausedAt?: number | null;
  /** Of several objectives: step -> value for each, in their order. Absent with one, and where nothing judges them. */
  readonly objectiveSteps?: readonly ReadonlyMap<number, number>[];
  /** step -> the total violation of the metric constraints from there on. Absent without any, and where nothing judges it. */
  readonly violationSteps?: ReadonlyMap<number, number>;
};

export function isFinished(state: TrialState): state is FinishedState {
  return state === 'complete' || state === 'pruned' || state === 'fail';
}
