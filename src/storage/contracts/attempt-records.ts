import type { AttemptCause } from '../../core/attempt-cause.js';
import type { Distribution, ParamValue } from '../../core/distribution.js';
import type { FinishedState } from '../../core/trial.js';

export type AttemptRecord = {
  readonly id: number;
  readonly trialId: number;
  /** 1, 2, ... */
  readonly attempt: number;
  readonly token: string;
  /** Who watches it: an orchestrator's identity as src/liveness/identity.ts writes it. */
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
  /** Its end was its trial's: what came after was a new beginning (`--retry-failed`). */
  readonly settled: boolean;
  /** Someone asked for its end (`hpo stop`). */
  readonly stopRequested: boolean;
  /**
   * The lowest step that it has named, null before the first. Reports of `inherited` metrics below that are of attempts
   * before it.
   */
  readonly firstStep: number | null;
  /** Metrics of which there were reports when it began, of attempts that it may go on from; sorted. */
  readonly inherited: readonly string[];
};

/** `handle` depends on the trial's number, which only the transaction knows. */
export type NewAttempt = {
  readonly token: string;
  readonly owner: string;
  readonly device: string;
  readonly handle: (trialNumber: number, attempt: number) => string;
  readonly startedAtMs: number;
};

/** A parameter that a running trial has named itself. */
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
  /** Nobody named the step: it is the number of the report in its attempt. */
  readonly counted?: boolean;
};

export type Ending = {
  readonly state: FinishedState;
  /** One per objective, none NaN; null when there is none (a failure). */
  readonly values: readonly number[] | null;
  /** How far it breaks each limit of the study; kept where Optuna looks for it. Default: none. */
  readonly violations?: readonly number[];
  readonly exitCode: number | null;
  readonly reason: string | null;
  /** What ended its attempt. Default: what the state says. */
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
  readonly forget?: readonly string[];
};
