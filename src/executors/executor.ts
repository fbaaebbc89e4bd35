import type { Distribution, Params, ParamValue } from '../core/distribution.js';
import type { GpuSample } from '../core/gpu-use.js';

/** Where one trial runs: a GPU, a share of one, several GPUs, or a CPU. */
export type Slot = {
  /** 0, 1, ...; unique within a sweep. */
  readonly id: number;
  /** For people and HPO_DEVICE: `cpu`, or GPU indices as nvidia-smi counts them (`0`, or `0,1`). */
  readonly device: string;
  /** Environment variables that pin a process to the slot. */
  readonly env: Readonly<Record<string, string>>;
};

/** Another sweep's trial on a GPU that this sweep wants. Study and trial are null while it has not started yet. */
export type LeaseHolder = {
  /** In the form of `Slot.device`. */
  readonly device: string;
  /** The pid of its orchestrator. */
  readonly pid: number;
  /** False: the orchestrator has ended, and the trainer still runs. */
  readonly watched: boolean;
  readonly study: string | null;
  readonly trial: number | null;
};

/** A GPU with less memory free than a sweep wants (`min_free_memory`). Null: the driver does not report it. */
export type LowMemoryGpu = {
  /** In the form of `Slot.device`. */
  readonly device: string;
  readonly freeMiB: number;
  readonly usedMiB: number | null;
  readonly totalMiB: number | null;
};

/** One attempt of a trial. It is committed to the storage before it starts. */
export type RunnableAttempt = {
  readonly study: string;
  readonly trial: number;
  /** 1, 2, ... */
  readonly attempt: number;
  /** Random text. The attempt's processes carry it in their environment; a cluster can use it as the name of a job. */
  readonly token: string;
  /** What `allocate` returned, as it is stored with the attempt. */
  readonly handle: string;
  /** What the trainer gets: forced values included, in the order of the space. */
  readonly params: Params;
  /** The trial names its parameters itself: `params` only says where their values come from. */
  readonly defineByRun: boolean;
  readonly seed: number;
  readonly slot: Slot;
  /** Milliseconds since 1970, as stored by the orchestrator that started it. */
  readonly startedAtMs: number;
  /** Metrics that earlier attempts reported with explicit steps, where this attempt resumes from a checkpoint. */
  readonly inheritedMetrics: readonly string[];
  /** The step that it trains to (HPO_TARGET_STEP): its target, else the last step of a full trial; null: nobody knows. */
  readonly targetStep: number | null;
  /** The copy of another trial's checkpoints that it begins with, as `Checkpoints.copy` named it; null: none. */
  readonly copy: string | null;
  /** Why it can have no processes any more, where it ran on another machine whose worker was lost; null: it may have some. */
  readonly lostWith: string | null;
};

/** What an executor knows of an attempt when it chooses the handle. */
export type AttemptSpec = Pick<RunnableAttempt, 'trial' | 'attempt' | 'token'>;

/** What the storage knows of an attempt that somebody has started: enough to find it again. */
export type AttemptRef = Pick<RunnableAttempt, 'trial' | 'token' | 'handle'>;

/** `step` is null for a value that holds for the whole trial (a final value). Values may be NaN or infinite. */
export type MetricPoint = {
  readonly name: string;
  readonly step: number | null;
  readonly value: number;
  /** The trainer did not number the step: it is the number of the report, counted from the start of each attempt. */
  readonly counted?: true;
};

/**
 * `limit`: the attempt broke a limit that its executor enforces, such as its time. `paused`: it reached its target step. `taken-over`:
 * another worker follows it; a job of a queue is left to it.
 */
export type StopReason = 'pruned' | 'interrupted' | 'stopped' | 'limit' | 'paused' | 'taken-over';

/** Where a cluster runs an attempt. `job`: as the cluster names it. Null: it does not say. */
export type Placement = { readonly host: string | null; readonly job: string | null };

/** How an executor reports to its sweep. Every member is required; `NO_HOOKS` supplies defaults. */
export type RunHooks = {
  /** Receives points in the order of the trainer's output. Never throws, returns at once. */
  report(points: readonly MetricPoint[]): void;
  /**
   * Resolves when more points are welcome. An executor that reads a trainer's output waits for this, so that a trainer
   * that is faster than the storage does not fill the memory.
   */
  drain(): Promise<void>;
  /**
   * Returns the value of a parameter that the trial names itself.
   * @throws HpoError trial.* when it can have none.
   */
  suggest(name: string, distribution: Distribution): ParamValue;
  /** Resolves once everything reported so far is stored and judged; then `signal` shows the verdict. */
  settled(): Promise<void>;
  /** Receives what people should see: a malformed METRIC line, a step that was reported twice. */
  warn(message: string): void;
  /** The state of this step is saved, completely, or will be before the attempt has ended. Returns at once. */
  saved(step: number): void;
  /** The attempt has begun at this place, which is not this machine's choice. Returns at once. */
  placed(place: Placement): void;
  /** Receives what the attempt uses of its GPUs, where somebody samples them. Never throws, returns at once. */
  gpuSample(sample: GpuSample): void;
  /** Aborted with a StopReason as its `reason`: the executor ends the attempt, politely and then by force. */
  readonly signal: AbortSignal;
};

/** Hooks that do nothing, have no parameters and never stop an attempt: defaults for a caller that needs only some. */
export const NO_HOOKS: RunHooks = {
  report: () => {},
  drain: async () => {},
  suggest: () => {
    throw new TypeError('expected a study to suggest parameters from, got none');
  },
  settled: async () => {},
  warn: () => {},
  saved: () => {},
  placed: () => {},
  gpuSample: () => {},
  signal: new AbortController().signal,
};

type Ended = {
  readonly finishedAtMs: number;
  /** The last lines of its log, at most 20, for the report of a failure. */
  readonly logTail: readonly string[];
  /** Why an orchestrator, perhaps one that has ended since, stopped it; absent when nobody did. */
  readonly stoppedFor?: StopReason;
  /** The limit that it broke, in words (`ran longer than trial_timeout 30m`); with `stoppedFor: 'limit'`. */
  readonly brokeLimit?: string;
};

/** How an attempt ended. */
export type Outcome =
  /** With an exit code. */
  | (Ended & {
      readonly kind: 'exited';
      readonly exitCode: number;
      /** The machine failed and not the trial, so the trial is run again. Says what went wrong. */
      readonly infrastructureError?: string;
      /** Why it failed, where more is known than an exit code. */
      readonly failure?: string;
      /** It is not tried again, whatever retries are left. */
      readonly isFinal?: true;
      /** Why the trial pruned itself; with exit code 0. */
      readonly selfPruned?: string;
    })
  /**
   * It has ended, and nobody knows how (its supervisor was killed). `infrastructureError`: as above. `lost`: why nobody knows,
   * where more is known.
   */
  | (Ended & { readonly kind: 'unknown'; readonly infrastructureError?: string; readonly lost?: string })
  /** It still runs, and no signal ends it: the processes with these pids are stuck in the kernel. */
  | (Ended & { readonly kind: 'stuck'; readonly pids: readonly number[] })
  /** It never started: the launch failed, or a recovery revoked it. */
  | { readonly kind: 'not-started'; readonly reason: string; readonly fatal: boolean }
  /** The machine could not start it (no space, no processes). The trial is not to blame and is tried again after a wait. */
  | { readonly kind: 'infrastructure'; readonly reason: string };

/** Nobody can see the attempt from here at the moment. It may run, so it is asked for again (`isAlive`, `reattach`). */
export type Unseen = { readonly kind: 'unseen'; readonly reason: string };

/** `unknown`: it may run, but this process cannot see it. Do not start another one until it is known. */
export type Aliveness = 'alive' | 'ended' | 'unknown';

/** What `cancel` achieved. */
export type Cancellation =
  /** It ran, and has ended. */
  | { readonly kind: 'ended' }
  /** It had not started, and never will. */
  | { readonly kind: 'prevented' }
  /** It had ended before. */
  | { readonly kind: 'had-ended' }
  /** No signal ends these processes: they are stuck in the kernel. */
  | { readonly kind: 'stuck'; readonly pids: readonly number[] }
  /** It runs, or may run, where this process cannot see or cannot end it. */
  | { readonly kind: 'out-of-reach' };

/** What a look at checkpoints shows. */
export type CheckpointLook = {
  /** Text that differs after every change. */
  readonly stamp: string;
  /** Returns whether the attempt has a file of them open for writing: it is saving. */
  readonly isOpen: () => boolean;
};

/** A trainer that is held still. */
export type CheckpointHold = {
  /** Lets it continue. What ends an attempt does so too. */
  readonly release: () => void;
};

export type HoldOptions = {
  /** The stamp at the report of the target step. */
  readonly before: string;
  /** Whether a trainer that has just written a file may be about to write the next one. */
  readonly isPatient: boolean;
};

/** What trainers save, so that a later attempt of a trial resumes where the last one stopped. */
export interface Checkpoints {
  /** How many of the best complete trials keep theirs when they are finished; null: all trials do. */
  readonly kept: number | null;
  /** Returns the numbers of the trials that have some here, which go once they are finished and not among the best. */
  trials(): Promise<readonly number[]>;
  /** Returns whether an attempt's trial has any; true where nobody can tell. */
  exist(attempt: AttemptRef): Promise<boolean>;
  /** Looks at those of a running attempt. Never rejects. */
  look(attempt: AttemptRef): Promise<CheckpointLook>;
  /** Holds a running attempt still if what it has saved is whole; null: it is saving, and continues. */
  hold(attempt: AttemptRef, options: HoldOptions): Promise<CheckpointHold | null>;
  /**
   * Copies those of a paused trial, as a whole or not at all. `name`: of the copy, which a new trial then begins with
   * (`RunnableAttempt.copy`); of copies whose names begin alike up to the first `-`, one is used. False: they cannot be copied.
   */
  copy(attempt: AttemptRef, name: string): Promise<boolean>;
  /** Removes those of a finished trial. Rejects when they cannot be removed. */
  discard(attempt: AttemptRef): Promise<void>;
}

/**
 * Starts, follows and stops attempts: as processes of this machine, as functions of this program, or on a cluster. Every
 * member is required, so that no implementation and no wrapper can forget one (`wrap.ts` forwards them all).
 *
 * Everything beside `allocate`, `run` and `cleanup` works for attempts that another process started.
 */
export interface Executor {
  /** As `handleKind` reads it from a handle. */
  readonly kind: string;
  /** Returns the handle by which the attempt is found again. It is stored before the attempt starts. Makes nothing. */
  allocate(attempt: AttemptSpec): string;
  /**
   * Starts the attempt and follows it to its end, or until it can no longer be seen: an answer that does not come is no end.
   * Rejects only on a defect of hpo.
   */
  run(attempt: RunnableAttempt, hooks: RunHooks): Promise<Outcome | Unseen>;
  /**
   * Follows an attempt that an orchestrator which has ended started; every report comes again from the first. An attempt
   * that has not started yet never will.
   */
  reattach(attempt: RunnableAttempt, hooks: RunHooks): Promise<Outcome | Unseen>;
  /** Returns whether the attempt runs. One that cannot be seen is `unknown`, never `ended`. Never rejects. */
  isAlive(attempt: AttemptRef): Promise<Aliveness>;
  /**
   * Ends an attempt, politely and then by force, and says what it achieved. Takes a bounded time. The reason is kept with
   * the attempt; for `stopped` the caller stores a request in the database instead, before it calls.
   */
  cancel(attempt: AttemptRef, reason: StopReason): Promise<Cancellation>;
  /** Yields the output that the attempt has written so far, from this byte on; nothing where there is none. */
  logs(attempt: AttemptRef, fromByte: number): AsyncIterable<Uint8Array>;
  /**
   * Ends the processes that an attempt left behind. Resolves with the pids of those that no signal ends. Rejects only on a
   * defect of hpo.
   */
  cleanup(attempt: RunnableAttempt): Promise<readonly number[]>;
  /** Null: every attempt starts from the beginning. */
  readonly checkpoints: Checkpoints | null;
}

/** What works for an attempt of a study without running the study: `hpo stop` uses it. */
export type AttemptControl = Pick<Executor, 'isAlive' | 'cancel' | 'logs' | 'checkpoints'>;
