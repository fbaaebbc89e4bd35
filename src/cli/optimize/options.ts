import type { TrialBudget } from '../../study/sweep/budget.js';

/** The options of `hpo optimize`, as commander gives them. */
export type OptimizeRequest = {
  readonly sweep: string;
  readonly config?: string;
  readonly study?: string;
  readonly storage: string;
  readonly sampler?: string;
  readonly pruner?: string;
  readonly terminator?: string;
  readonly trials?: TrialBudget;
  readonly retryFailed?: boolean;
  readonly timeout?: number;
  readonly epochs?: number;
  readonly target?: number;
  /** Milliseconds. */
  readonly trialTimeout?: number;
  /** Milliseconds. */
  readonly noProgressTimeout?: number;
  readonly maxLogBytes?: number;
  readonly retries?: number;
  readonly maxFailures?: number;
  readonly maxConsecutiveFailures?: number;
  readonly maxConcurrent?: number;
  readonly devices?: 'auto' | 'cpu' | readonly string[];
  /** Bytes. */
  readonly minFreeMemory?: number;
  readonly seed?: number;
  readonly csv?: string;
  readonly events?: string;
  readonly wandb?: 'online' | 'offline' | 'disabled';
  readonly dryRun?: boolean;
  readonly allowChange?: boolean;
  readonly json?: boolean;
};

/** Stops that are asked for from outside: a first Ctrl-C, and what follows. */
export type StopSignals = { readonly drain: AbortSignal; readonly abort: AbortSignal };
