import type { Params } from '../core/distribution.js';
import type { ExpectedGain } from '../core/expected-gain.js';
import type { GpuSample } from '../core/gpu-use.js';
import type { ChangedLimits } from '../core/study-control.js';
import type { FinishedState } from '../core/trial.js';
import type { LeaseHolder, LowMemoryGpu, MetricPoint } from '../executors/executor.js';
import type { SavingsSummary } from '../results/savings.js';

/** Why a sweep ended. */
export type SweepEnd =
  | 'exhausted'
  | 'budget'
  | 'converged'
  | 'patience'
  | 'epochs'
  | 'spent'
  | 'timeout'
  | 'target'
  | 'failures'
  | 'max-failures'
  | 'max-consecutive-failures'
  | 'interrupted';

/** Why a sweep starts no new trials while running ones may continue. */
export type StopCause =
  | 'drain'
  | 'abort'
  | 'timeout'
  | 'failures'
  | 'max-failures'
  | 'max-consecutive-failures'
  | 'epochs'
  | 'spent'
  | 'target';

/**
 * Everything that happens in a sweep, emitted after its commit. Subscribers note an event and return at once. After a crash
 * they recover missed events from the database.
 */
export type SweepEvent =
  | {
      readonly type: 'trial-started';
      readonly trial: number;
      readonly attempt: number;
      readonly configuration: number;
      readonly repeat: number;
      readonly seed: number;
      readonly device: string;
      readonly params: Params;
      readonly reattached: boolean;
    }
  /** A cluster runs the attempt here. Null: it does not say. */
  | {
      readonly type: 'trial-placed';
      readonly trial: number;
      readonly attempt: number;
      readonly host: string | null;
      readonly job: string | null;
    }
  /** A sampler that delegates to others (`auto`) switched to another one. */
  | { readonly type: 'sampler-selected'; readonly sampler: string; readonly why: string }
  | { readonly type: 'trial-reported'; readonly trial: number; readonly points: readonly MetricPoint[] }
  | { readonly type: 'trial-pruning'; readonly trial: number; readonly reason: string }
  | {
      readonly type: 'trial-finished';
      readonly trial: number;
      readonly state: FinishedState;
      /** One for each objective. */
      readonly values: readonly number[] | null;
      /** False when the trial violates a metric constraint. */
      readonly feasible: boolean;
      /** Violation of each metric constraint, <= 0 where satisfied; empty without constraints, or when unknown. */
      readonly violations: readonly number[];
      readonly reason: string | null;
      readonly durationMs: number;
      readonly tail: readonly string[];
    }
  /** It reached its target step. A scheduler may continue it; until then it holds no slot. */
  | {
      readonly type: 'trial-paused';
      readonly trial: number;
      readonly step: number;
      readonly reason: string;
      readonly durationMs: number;
    }
  /** A paused trial is about to start again. `toStep` null: it runs to its end. */
  | {
      readonly type: 'trial-continued';
      readonly trial: number;
      readonly fromStep: number;
      readonly toStep: number | null;
      readonly reason: string;
    }
  | { readonly type: 'trial-requeued'; readonly trial: number; readonly reason: string }
  /** Another process finished the trial or reattached to it. No more events of this trial follow here. */
  | { readonly type: 'trial-taken-over'; readonly trial: number }
  | { readonly type: 'warning'; readonly trial: number | null; readonly message: string }
  /** Other sweeps hold the GPUs of every slot; emitted once for the same holders. */
  | { readonly type: 'waiting-for-gpu'; readonly holders: readonly LeaseHolder[] }
  /** GPUs that stay unused until they have more free memory; emitted once for each. */
  | { readonly type: 'gpus-low-memory'; readonly gpus: readonly LowMemoryGpu[] }
  /** Current GPU usage of a running trial. */
  | { readonly type: 'gpu-used'; readonly trial: number; readonly sample: GpuSample }
  /** `hpo pause`: no trial starts, and running ones finish. */
  | { readonly type: 'sweep-paused' }
  | { readonly type: 'sweep-resumed' }
  /** What is spent of the limit that is nearest to its end, after each percent of it. */
  | { readonly type: 'budget-spent'; readonly what: string; readonly spent: number; readonly max: number }
  /** `hpo set`. `total`: trials that the study will have in the end; null when nobody knows. */
  | { readonly type: 'limits-changed'; readonly limits: ChangedLimits; readonly total: number | null }
  /** A terminator was asked whether the sweep is to end. `gain` null: it cannot tell what more trials are worth. */
  | {
      readonly type: 'terminator-judged';
      readonly stop: boolean;
      readonly reason: string;
      readonly gain: ExpectedGain | null;
    }
  /** Another process gave the parameters other priors; the next proposals use them. */
  | { readonly type: 'priors-changed' }
  | { readonly type: 'space-changed' }
  | { readonly type: 'stopping'; readonly why: StopCause }
  /** `savings` null: nobody has counted. */
  | {
      readonly type: 'sweep-finished';
      readonly end: SweepEnd;
      readonly detail: string;
      readonly savings: SavingsSummary | null;
    };

export type Emit = (event: SweepEvent) => void;

/** Who receives events; `name` is for messages. */
export type Subscriber = { readonly name: string; readonly on: Emit };

/**
 * Returns a function that passes each event to all subscribers in turn and never throws. `onError` receives what a subscriber
 * throws, with its name; the others still get the event.
 */
export function makeEmitter(
  subscribers: readonly Subscriber[],
  onError: (name: string, error: unknown) => void,
): Emit {
  const report = (name: string, error: unknown) => {
    try {
      onError(name, error);
    } catch {
      // Nothing is left that could report it, and a sweep is worth more than its log.
    }
  };
  return (event) => {
    for (const { name, on } of subscribers) {
      try {
        on(event);
      } catch (error) {
        report(name, error);
      }
    }
  };
}
