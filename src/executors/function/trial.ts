import {
  categorical,
  type Distribution,
  float,
  int,
  type Params,
  type ParamValue,
} from '../../core/distribution.js';
import { usageError } from '../../core/errors.js';
import { shownValue } from '../../core/shown-value.js';
import type { MetricPoint } from '../executor.js';
import type { TrialCheckpoint } from './checkpoints/trial-checkpoint.js';

/** One trial as an objective sees it. `P`: the type of its parameters, where the study declares a space. */
export type FunctionTrial<P extends object = Params> = {
  /** 0, 1, ... */
  readonly number: number;
  /** Its parameters. Where the objective names them itself: those that it has named so far. */
  readonly params: P;
  /** An integer in [0, 2^31) for whatever is random in the objective. Repeat r has the same one in every configuration. */
  readonly seed: number;
  /** Steps that the trial has done, as far as it has saved them; 0 for a new one. It begins with the step after. */
  readonly startStep: number;
  /**
   * The step to end at: the trial is paused there, or it is the last of a full trial (`maxSteps`). Null: nobody knows, run
   * to the end.
   */
  readonly targetStep: number | null;
  /** What the trial saves, so that it continues from there when it runs again. */
  readonly checkpoint: TrialCheckpoint;
  /**
   * Returns a number in [low, high], both inclusive: drawn in the logarithm with `log`, on the lattice low + k * step with
   * `step`. The same name gives the same value within a trial.
   * @throws HpoError space.* for an impossible range or choices; trial.* where the study cannot have such a parameter.
   */
  suggestFloat(name: string, low: number, high: number, more?: { log?: boolean; step?: number }): number;
  /** Returns a whole number in [low, high], both inclusive; otherwise as `suggestFloat`. */
  suggestInt(name: string, low: number, high: number, more?: { log?: boolean; step?: number }): number;
  /** Returns one of the choices (strings, finite numbers, booleans or null); otherwise as `suggestFloat`. */
  suggestCategorical<const T extends ParamValue>(name: string, choices: readonly T[]): T;
  /**
   * Reports metrics of a step (an integer >= 0). A bare number is the first objective's. Returns at once.
   * @throws HpoError (usage) trial.step for a bad step, trial.values for a value that is not a number.
   */
  report(values: number | Readonly<Record<string, number>>, step: number): void;
  /**
   * Resolves with whether the trial should end now: it is paused or pruned because of its reports, or someone stopped it. What
   * it returns or throws then does not matter.
   */
  shouldPrune(): Promise<boolean>;
  /**
   * Aborted when the trial is paused or pruned, or the search is stopped. Then the objective should return soon. In a study of
   * the library the `reason` is an error: a TimeoutError after `trialTimeout`, the program's own reason after its abort, else an
   * AbortError, whose message says why.
   */
  readonly signal: AbortSignal;
};

/** What a trial is made from. */
export type TrialPort = {
  readonly number: number;
  readonly seed: number;
  readonly startStep: number;
  readonly targetStep: number | null;
  readonly checkpoint: TrialCheckpoint;
  /** Name of the first objective. */
  readonly metric: string;
  params(): Params;
  suggest(name: string, distribution: Distribution): ParamValue;
  report(points: readonly MetricPoint[]): void;
  /** Resolves once everything reported is stored and judged. */
  settled(): Promise<void>;
  signal(): AbortSignal;
};

/** Returns a trial whose functions work on their own, as in `({ params, report }) => ...`. */
export function makeFunctionTrial(port: TrialPort): FunctionTrial {
  const { number, seed, startStep, targetStep, checkpoint } = port;
  return {
    number,
    seed,
    startStep,
    targetStep,
    checkpoint,
    get signal() {
      return port.signal();
    },
    get params() {
      return port.params();
    },
    suggestFloat: (name, low, high, more) => port.suggest(name, float(low, high, more)) as number,
    suggestInt: (name, low, high, more) => port.suggest(name, int(low, high, more)) as number,
    suggestCategorical: <const T extends ParamValue>(name: string, choices: readonly T[]) =>
      port.suggest(name, categorical(choices)) as T,
    report(values, step) {
      if (!Number.isSafeInteger(step) || step < 0)
        throw usageError('trial.step', `step must be an integer >= 0, got ${shownValue(step)}`, {
          fix: 'number the steps 0, 1, 2, ...',
        });
      if (typeof values !== 'number' && (typeof values !== 'object' || values === null))
        throw usageError(
          'trial.values',
          `expected a number, or numbers by the names of metrics, to report, got ${shownValue(values)}`,
        );
      port.report(toPoints(typeof values === 'number' ? { [port.metric]: values } : values, step));
    },
    async shouldPrune() {
      await port.settled();
      return port.signal().aborted;
    },
  };
}

/**
 * Returns values by name as points of a step, or as final ones (null).
 * @throws HpoError trial.values (usage) for a value that is not a number.
 */
export function toPoints(values: Readonly<Record<string, number>>, step: number | null): MetricPoint[] {
  return Object.entries(values).map(([name, value]) => {
    // The library is called from JavaScript too.
    if (typeof value !== 'number')
      throw usageError('trial.values', `${name} must be a number, got ${shownValue(value)}`);
    return { name, step, value };
  });
}
