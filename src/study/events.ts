import type { Params } from '../core/distribution.js';
import type { GpuSample } from '../core/gpu-use.js';
import type { FinishedState } from '../core/trial.js';
import type { LeaseHolder, LowMemoryGpu, MetricPoint } from '../executors/executor.js';

/** Why a sweep ended. */
export type SweepEnd =
  | 'exhausted'
  | 'budget'
  | 'converged'
  | 'epochs'
  | 'timeout'
  | 'target'
  | 'failures'
  | 'max-failures'
  | 'max-consecutive-failures'
  | 'interrupted';

/** What made a sweep start nothing new while trials may still run. */
export type StopCause =
  | 'drain'
  | 'abort'
  | 'timeout'
  | 'failures'
  | 'max-failures'
  | 'max-consecutive-failures'
  | 'epochs'
  | 'target';

/**
 * Everything that happens in a sweep, told after it is committed. Subscribers note it and return at once: they never
 * throw and never slow a sweep; what they owe after a crash they rebuild from the database.
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
      readonly adopted: boolean;
    }
  /** A sampler that chooses among others (`auto`) chose another one than before. */
  | { readonly type: 'sampler-picked'; readonly sampler: string; readonly why: string }
  | { readonly type: 'trial-reported'; readonly trial: number; readonly points: readonly MetricPoint[] }
  | { readonly type: 'trial-pruning'; readonly trial: number; readonly reason: string }
  | {
      readonly type: 'trial-finished';
      readonly trial: number;
      readonly state: FinishedState;
      /** One for each objective. */
      readonly values: readonly number[] | null;
      /** False when it breaks a limit of the study. */
      readonly feasible: boolean;
      /** How far it breaks each limit, <= 0 where it does not; empty when there are none, or nobody knows. */
      readonly violations: readonly number[];
      readonly reason: string | null;
      readonly durationMs: number;
      readonly tail: readonly string[];
    }
  | { readonly type: 'trial-queued'; readonly trial: number; readonly reason: string }
  /** Another process finished the trial, or took it over: it is no longer ours to tell of. */
  | { readonly type: 'trial-lost'; readonly trial: number }
  | { readonly type: 'warning'; readonly trial: number | null; readonly message: string }
  /** Other sweeps hold the slots that are free for this one; told once for the same ones. */
  | { readonly type: 'slots-awaited'; readonly holders: readonly LeaseHolder[] }
  /** GPUs that are left out until they have more memory free; told once for each. */
  | { readonly type: 'gpus-busy'; readonly gpus: readonly LowMemoryGpu[] }
  /** What a running trial uses of its GPUs at the moment. */
  | { readonly type: 'gpu-used'; readonly trial: number; readonly sample: GpuSample }
  | { readonly type: 'stopping'; readonly why: StopCause }
  | { readonly type: 'sweep-finished'; readonly end: SweepEnd; readonly detail: string };

export type Emit = (event: SweepEvent) => void;

/** Fans events out; a subscriber that throws is our defect, told on stderr, and never the sweep's end. */
export function makeEmitter(subscribers: readonly Emit[], onDefect: (error: unknown) => void): Emit {
  const tell = (error: unknown) => {
    try {
      onDefect(error);
    } catch {
      // Nobody is left to tell, and a sweep is worth more than its log.
    }
  };
  return (event) => {
    for (const subscriber of subscribers) {
      try {
        subscriber(event);
      } catch (error) {
        tell(error);
      }
    }
  };
}
