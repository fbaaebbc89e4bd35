import type { AttemptCause } from '../../core/attempt-cause.js';
import type { Distribution, ParamValue } from '../../core/distribution.js';
import type { FinishedState } from '../../core/trial.js';

export type AttemptRecord = {
  readonly id: number;
  readonly trialId: number;
  /** 1, 2, ... */
  readonly attempt: number;
  readonly token: string;
  /** The orchestrator that watches it, as src/liveness/identity.ts writes an identity. */
  readonly owner: string;
  readonly device: string;
  /** Where its executor finds it (`executors/handle.ts`); the column is called `dir`. */
  readonly handle: string;
  readonly startedAtMs: number;
  /** Null while it runs. */
  readonly finishedAtMs: number | null;
  readonly exitCode: number | null;
  readonly reason: string | null;
  /** Null while it runs. */
  readonly cause: AttemptCause | null;
  /** Its end was the end of its trial. A later attempt then comes from `--retry-failed`. */
  readonly settled: boolean;
  /** A stop was requested (`hpo stop`). */
  readonly stopRequested: boolean;
  /**
   * The lowest step that it named, null before the first. Reports of `inherited` metrics below that step come from earlier
   * attempts.
   */
  readonly firstStep: number | null;
  /** Metrics that had reports of earlier attempts when it began; sorted. */
  readonly inherited: readonly string[];
  /** The step at which it is to end, so that its trial is paused there; null: it runs to the end of its trial. */
  readonly targetStep: number | null;
};

/** `handle` depends on the trial's number, which only the transaction knows. */
export type NewAttempt = {
  readonly token: string;
  readonly owner: string;
  readonly device: string;
  readonly handle: (trialNumber: number, attempt: number) => string;
  readonly startedAtMs: number;
  /** The step at which it is to end, by the trial's number; null: it runs to the end of its trial. Default: null. */
  readonly targetStep?: (trialNumber: number) => number | null;
};

/** A parameter that a running trial named itself. */
export type Suggested = {
  readonly name: string;
  readonly distribution: Distribution;
  readonly value: ParamValue;
};

/** `step` null: a final value. `objective`: the point is also an intermediate value in Optuna's sense. */
export type ReportedPoint = {
  readonly name: string;
  readonly step: number | null;
  readonly value: number;
  readonly objective: boolean;
  /** The trainer did not name the step: it is the number of the report in its attempt. */
  readonly counted?: boolean;
};

export type Ending = {
  readonly state: FinishedState;
  /** One per objective, none NaN; null when there is none (a failure). */
  readonly values: readonly number[] | null;
  /** How far it violates each limit of the study, stored where Optuna reads it. Default: none. */
  readonly violations?: readonly number[];
  readonly exitCode: number | null;
  readonly reason: string | null;
  /** What ended its attempt. Default: by the state. */
  readonly cause?: AttemptCause;
  readonly finishedAtMs: number;
};

/** How an attempt ended that did not settle its trial. */
export type EndedAttempt = {
  readonly exitCode: number | null;
  readonly reason: string;
  readonly cause: AttemptCause;
  readonly finishedAtMs: number;
  readonly keepSteps?: boolean;
  /**
   * The step at which the trial is paused: it runs again only when a scheduler continues it. Optuna shows the step as the
   * user attribute `hpo:paused` of a running trial. Default: null, the trial is queued.
   */
  readonly pausedAt?: number | null;
  readonly forget?: readonly string[];
};
