import type { CheckpointPolicy } from '../core/checkpoints.js';
import type { Devices } from './devices.js';
import type { TrialLimits } from './limits.js';
import type { WandbSettings } from './wandb.js';

/** What belongs to a call rather than to the study. */
export type RunSettings = {
  /** Total of trials; null: until the sampler has no more. */
  readonly trials: number | null;
  /** Total of epochs that the trials report; null: no limit. */
  readonly epochs: number | null;
  /** Time of one call; null: no limit. */
  readonly timeoutMs: number | null;
  /** The objective's value that is good enough; null: none is. */
  readonly target: number | null;
  readonly limits: TrialLimits;
  /** Whether trials have a folder for checkpoints, and what becomes of it. */
  readonly checkpoints: CheckpointPolicy;
  /** Where a new study takes its first configurations from. */
  readonly warmStart: WarmStart | null;
  readonly maxConcurrent: number | null;
  readonly devices: Devices;
  readonly slotsPerDevice: number | null;
  readonly gpusPerTrial: number;
  /** What a GPU must have free before a trial is started on it; null: nothing is asked. */
  readonly minFreeMemoryBytes: number | null;
  /** Relative to the folder hpo runs in, unless absolute. */
  readonly csv: string;
  /** Cells that a spreadsheet would run as formulas are made text. */
  readonly csvSafe: boolean;
  /** Where every event is appended as a line of JSON, as `csv` is named; null: nowhere. */
  readonly events: string | null;
  /** Null: the file says nothing of W&B. */
  readonly wandb: WandbSettings | null;
};

/** `storage` null: the one of the new study itself. */
export type WarmStart = { readonly study: string; readonly storage: string | null; readonly top: number };
