import type { CheckpointPolicy } from '../core/checkpoints.js';
import type { RunMetric } from '../core/run-metrics.js';
import type { MetricFormat } from '../protocol/formats/format.js';
import type { Claim } from './local/folder-claims.js';
import type { AttemptLimits } from './local/limits.js';

/** How the trainers of a sweep run, whichever executor starts them. Paths are absolute. */
export type TrainerSetup = {
  /** The folder of the study's outputs. */
  readonly studyDir: string;
  /** The claim on that folder, checked before each launch. Null: no other study can want it. */
  readonly claim: Claim | null;
  /** Program and arguments, with their placeholders. */
  readonly command: readonly string[];
  /** The names of all parameters: each may be a placeholder. */
  readonly parameters: readonly string[];
  /** The working directory of trainers. */
  readonly cwd: string;
  /** trainer.env. */
  readonly env: Readonly<Record<string, string>>;
  /** The snapshot of the run's defaults, which trainers read. */
  readonly configFile: string;
  /** OMP_NUM_THREADS on CPU slots where the user has not set it; null: never set. */
  readonly ompThreads: number | null;
  readonly limits: AttemptLimits;
  /** How trainers write their metrics. Undefined: METRIC lines. */
  readonly metrics: MetricFormat | undefined;
  /** What hpo measures of each attempt itself. */
  readonly measured: readonly RunMetric[];
  /** Whether trials have a folder for checkpoints (HPO_CHECKPOINT_DIR), and whether it outlives the trial. */
  readonly checkpoints: CheckpointPolicy;
  /** Whether configurations depend on the results of earlier ones. Where they do not, trials can be submitted together. */
  readonly readsResults: boolean;
  /** What ends trainers of this machine with the lease of their worker; null: they may outlive hpo. */
  readonly guard: AttemptGuard | null;
};

export type AttemptGuard = {
  /** How long its trainers have between TERM and KILL. */
  readonly graceMs: number;
  /** From now on the attempt ends with the lease, and with no earlier one. False: the lease is over, and it may not start. */
  take(attempt: GuardedAttempt): boolean;
  release(attempt: GuardedAttempt): void;
};

/** `dir`: its folder, which exists. */
export type GuardedAttempt = { readonly dir: string; readonly token: string };
