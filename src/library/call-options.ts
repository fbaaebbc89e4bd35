import type { Params } from '../core/distribution.js';
import type { Logger } from '../loggers/logger.js';
import type { SweepEnd } from '../study/events.js';
import type { SettingOptions } from './setting-options.js';
import type { FinishedTrial } from './trial-types.js';

export type Callbacks<P extends object = Params> = {
  readonly onTrialStart?: (trial: { readonly number: number; readonly seed: number }) => unknown;
  /** Called after the trial is stored. May return a promise: the call waits for it before it ends. */
  readonly onTrialEnd?: (trial: FinishedTrial<P>) => unknown;
  /** Receives what people should see. Default: `process.emitWarning`. */
  readonly onWarning?: (message: string, trial: number | null) => unknown;
};

type ErrorClass = abstract new (...args: never[]) => Error;

/** What `study.run` and `study.optimize` both take. */
export type CallOptions<P extends object = Params> = Callbacks<P> &
  SettingOptions & {
    /** The study's total of trials, earlier ones counted, so that the same program resumes where it was. */
    readonly totalTrials?: number;
    /** The study's total of steps that trials report, earlier ones counted. The trial that reaches it still ends. */
    readonly budget?: { readonly steps: number };
    /** When it is aborted, the signals of running trials are aborted too, and the next call runs those trials again. */
    readonly signal?: AbortSignal;
    /** True: run trials that failed in earlier calls again. Default: false. */
    readonly retryFailed?: boolean;
    /** Objects of yours that receive every event. */
    readonly loggers?: readonly Logger[];
  };

/** The options of a loop. */
export type RunOptions<P extends object = Params> = CallOptions<P> & {
  /** Called when the call has ended, open trials included, with the reason: `budget`, `target`, `max-failures`, ... */
  readonly onEnd?: (result: OptimizeResult) => unknown;
};

/**
 * A function cannot be stopped: one that has not ended a second after `trialTimeout` is abandoned, so that the search
 * continues.
 */
export type OptimizeOptions<P extends object = Params> = CallOptions<P> & {
  /**
   * Which errors of the objective fail only their trial: all (true), those of these classes, or those for which the
   * function returns true. Any other error fails its trial too, and `optimize` throws it when the running trials have
   * ended. Default: none.
   */
  readonly catch?: boolean | readonly ErrorClass[] | ((error: unknown) => boolean);
};

/** Why the search ended: `end` is one of a few fixed words, `detail` is text for people. */
export type OptimizeResult = { readonly end: SweepEnd; readonly detail: string };
