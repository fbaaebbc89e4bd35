import type { SettingFlags } from '../../config/run-settings.js';

/** The options of `hpo optimize` as commander gives them: a flag for each setting that has one, and those of one call. */
export type OptimizeRequest = SettingFlags & {
  readonly sweep: string;
  /** What the sweep file says, where there is no such file. */
  readonly sweepText?: string;
  /** What to say where trials print no metric, and none is found in their output. */
  readonly metricHint?: string;
  readonly config?: string;
  readonly storage: string;
  readonly retryFailed?: boolean;
  readonly resume?: boolean;
  /** Seed of a new study. */
  readonly seed?: number;
  readonly wandb?: 'online' | 'offline' | 'disabled';
  readonly dryRun?: boolean;
  readonly dashboard?: boolean;
  readonly allowChange?: boolean;
  readonly json?: boolean;
};

/** Requests from outside to stop: a first Ctrl-C, and the next ones. */
export type StopSignals = { readonly drain: AbortSignal; readonly abort: AbortSignal };
