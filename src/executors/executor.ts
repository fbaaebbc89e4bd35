import type { Distribution, Params, ParamValue } from '../core/distribution.js';
import type { GpuSample } from '../core/gpu-use.js';

/** A place where one trial runs: a GPU, a share of one, several, or a CPU. */
export type Slot = {
  /** 0, 1, ...; no two slots of a sweep share it. */
  readonly id: number;
  /** For people and HPO_DEVICE: `cpu`, or GPU indices as nvidia-smi counts them (`0`, or `0,1`). */
  readonly device: string;
  /** What pins a process to the slot. */
  readonly env: Readonly<Record<string, string>>;
};

/** Another sweep's trial on a GPU that a sweep would take. Study and trial are null while it is not started yet. */
export type LeaseHolder = {
  /** As `Slot.device` writes it. */
  readonly device: string;
  /** Of its orchestrator. */
  readonly pid: number;
  /** False: the orchestrator has ended, and the trainer runs on. */
  readonly watched: boolean;
  readonly study: string | null;
  readonly trial: number | null;
};

/** A GPU with less memory free than a sweep wants (`min_free_memory`). Null: the driver does not tell. */
export type LowMemoryGpu = {
  /** As `Slot.device` writes it. */
  readonly device: string;
  readonly freeMiB: number;
  readonly usedMiB: number | null;
  readonly totalMiB: number | null;
};

/** One process of one trial, committed to storage before it is started. */
export type RunnableAttempt = {
  readonly study: string;
  readonly trial: number;
  /** 1, 2, ... */
  readonly attempt: number;
  /** Random text that only this attempt's processes carry (in their environment). */
  readonly token: string;
  /** What `locate` said, as stored with the attempt. */
  readonly dir: string;
  /** What the trainer is given, forced values included, in the order of the space. */
  readonly params: Params;
  /** The trial names its parameters itself: `params` is only where their values come from. */
  readonly defineByRun?: true;
  readonly seed: number;
  readonly slot: Slot;
  /** As stored with the attempt, by whoever started it. */
  readonly startedAtMs: number;
  /** Metrics that attempts before it, from which it goes on, reported at steps that they named. Default: none. */
  readonly inheritedMetrics?: readonly string[];
};

/** `step` is null for a value that holds for the whole trial (a final value). Values may be NaN or infinite. */
export type MetricPoint = {
  readonly name: string;
  readonly step: number | null;
  readonly value: number;
  /** The trainer did not name the step: it is the number of the report, counted anew in each attempt. */
  readonly counted?: true;
};

/** `limit`: the attempt broke a limit of its executor's, such as its time. */
export type StopReason = 'pruned' | 'interrupted' | 'stopped' | 'limit';

export type RunHooks = {
  /** Called in the order of the trainer's output; never throws, returns at once. */
  report(points: readonly MetricPoint[]): void;
  /**
   * Resolves when more points are welcome: where an executor reads a trainer's output it waits for this, so that a
   * trainer faster than the storage does not fill the memory.
   */
  drain(): Promise<void>;
  /**
   * The value of a parameter that the trial names itself.
   * @throws HpoError trial.* when it can have none.
   */
  suggest(name: string, distribution: Distribution): ParamValue;
  /** Resolves once what was reported so far is stored and judged; the signal then tells the verdict. */
  settled(): Promise<void>;
  /** Something people should see: a malformed METRIC line, a step reported twice. */
  warn(message: string): void;
  /** What the attempt uses of its GPUs, now and then, where somebody watches them; returns at once, never throws. */
  gpuSample(sample: GpuSample): void;
  /** Aborted with a StopReason as its `reason`: end the attempt politely, then by force. */
  readonly signal: AbortSignal;
};

/** Hooks that hear nothing and have no parameters: whoever needs only some of them adds those. */
export const NO_HOOKS: Omit<RunHooks, 'signal'> = {
  report: () => {},
  drain: async () => {},
  suggest: () => {
    throw new TypeError('expected a study to suggest parameters from, got none');
  },
  settled: async () => {},
  warn: () => {},
  gpuSample: () => {},
};

type Ended = {
  readonly finishedAtMs: number;
  readonly logTail: readonly string[];
  /** Why an orchestrator, perhaps one that is dead by now, had it stopped; absent when nobody did. */
  readonly stoppedFor?: StopReason;
  /** The limit that it broke, in words (`ran longer than trial_timeout 30m`); with `stoppedFor: 'limit'`. */
  readonly brokeLimit?: string;
};

/** How an attempt ended. `tail`: the last lines of its log (at most 20), for a failure's report. */
export type Outcome =
  /** With an exit code. */
  | (Ended & {
      readonly kind: 'exited';
      readonly exitCode: number;
      /** Why its end says nothing of the trial: something around it went wrong, and it is run again. */
      readonly infrastructureError?: string;
      /** Why it failed, where more is known than an exit code. */
      readonly failure?: string;
      /** Why it gave itself up, as a pruner would have: with exit code 0. */
      readonly selfPruned?: string;
    })
  /** It is over, but nobody knows how (its supervisor was killed). `excuse`: as above. */
  | (Ended & { readonly kind: 'unknown'; readonly infrastructureError?: string })
  /** It still runs, and no signal ends it: its processes with these pids are stuck in the kernel. */
  | (Ended & { readonly kind: 'stuck'; readonly pids: readonly number[] })
  /** It never started: the launch failed or was revoked by a recovery. */
  | { readonly kind: 'not-started'; readonly reason: string; readonly fatal: boolean }
  /** The machine refused to start it (no space, no processes), which says nothing of it: it is tried again after a wait. */
  | { readonly kind: 'infrastructure'; readonly reason: string };

/** What the trainers of trials save for themselves, so that a further attempt of a trial goes on where the last one was. */
export interface Checkpoints {
  /** Whether an attempt's trial has any. Where nobody can tell it may have. */
  exist(attempt: AttemptPlace): Promise<boolean>;
  /** The trial is finished: nobody will go on from them. Rejects when they cannot be removed. */
  discard(attempt: AttemptPlace): Promise<void>;
}
export type AttemptPlace = Pick<RunnableAttempt, 'trial' | 'dir'>;

/**
 * How attempts are started, followed and stopped: local processes, a function of this program, later a cluster. No
 * member is optional, so that one that wraps another cannot forget any.
 */
export interface Executor {
  /** Where an attempt will live; stored before it starts, so that a recovery finds it. Makes nothing. */
  allocate(trial: number, attempt: number): string;
  /** Starts the attempt and follows it to its end. Rejects only on a defect of ours. */
  run(attempt: RunnableAttempt, hooks: RunHooks): Promise<Outcome>;
  /** Takes over an attempt that another, dead orchestrator started; every report comes again from the first. */
  reattach(attempt: RunnableAttempt, hooks: RunHooks): Promise<Outcome>;
  /** Whether an attempt that lives there was started by an executor of this kind. */
  canReattach(dir: string): boolean;
  /**
   * Ends whatever processes an attempt has left behind. Resolves with the pids of those that no signal ends. Rejects only
   * on a defect of ours.
   */
  cleanup(attempt: RunnableAttempt): Promise<readonly number[]>;
  /** Null: every attempt starts from the beginning. */
  readonly checkpoints: Checkpoints | null;
}
