import type { ComponentSpec } from './component-options.js';
import type { Params } from './distribution.js';
import type { Transfer } from './earlier-studies.js';
import type { Space } from './space.js';
import type { Direction, JsonValue } from './trial.js';

export type { ComponentSpec } from './component-options.js';

/** How a trial's value comes from its steps: the last, the best, or the mean of them. */
export type Reduce = 'last' | 'best' | 'mean';
export type Objective = { readonly metric: string; readonly direction: Direction; readonly reduce: Reduce };

/** A limit of a metric: a trial is feasible when its last value is at most (`max`) or at least (`min`) this. */
export type MetricConstraint = {
  readonly metric: string;
  readonly bound: 'max' | 'min';
  readonly limit: number;
};

export type TrainerSpec = {
  /** Program and arguments with their placeholders; null is the built-in trainer. */
  readonly command: readonly string[] | null;
  /** Absolute; null is the folder that hpo runs in. */
  readonly cwd: string | null;
  readonly env: Readonly<Record<string, string>>;
  /** How the trainer writes its metrics; absent: METRIC lines. */
  readonly metrics?: TrainerMetrics;
};

/** A format of the protocol's registry with its options. */
export type TrainerMetrics = {
  readonly format: string;
  readonly pattern?: string;
  readonly names?: readonly string[];
  readonly path?: string;
};

/** Everything that defines a study, apart from its trials; stored with it as JSON. */
export type StudySpec = {
  readonly objectives: readonly Objective[];
  readonly space: Space;
  /** The objective names its parameters while it runs: `space` is what it has named so far. */
  readonly defineByRun?: true;
  readonly trainer: TrainerSpec;
  /** One run's defaults, resolved with every base: the snapshot that trainers read. */
  readonly config: { readonly [key: string]: JsonValue };
  /** Trials of each configuration; 1 in a race. */
  readonly repeats: number;
  /** The most trials of a configuration where all but the first are raced: see `races/race.ts`. Null: no race. */
  readonly race: number | null;
  /** Seed of repeat r at index r; null until the study derives them from its own seed. */
  readonly seeds: readonly number[] | null;
  /** Points that are tried first; the sampler chooses missing parameters. */
  readonly initialPoints: readonly Params[];
  /** Earlier studies that this one learns from; null: none. */
  readonly transfer: Transfer | null;
  /** Limits on reported metrics. */
  readonly metricConstraints: readonly MetricConstraint[];
  readonly sampler: ComponentSpec;
  readonly pruner: ComponentSpec;
  /** What pauses trials and continues the best; `none` where a pruner alone decides, or nothing. */
  readonly scheduler: ComponentSpec;
  /** The last step of a full trial; null until a complete trial shows it. */
  readonly maxSteps: number | null;
  /** The rule that ends the sweep when more trials are no longer worth it. */
  readonly terminator: ComponentSpec;
  /** Metric columns of runs.csv; null: epoch_loss, epoch_accuracy and whatever else is reported. */
  readonly metrics: readonly string[] | null;
};

/** Returns a specification that only searches a space: no trainer, no limits, each configuration once. */
export function plainSpec(objectives: readonly Objective[], space: Space): StudySpec {
  return {
    objectives,
    space,
    trainer: { command: null, cwd: null, env: {} },
    config: {},
    repeats: 1,
    race: null,
    seeds: null,
    initialPoints: [],
    transfer: null,
    metricConstraints: [],
    sampler: { name: 'auto', options: {} },
    pruner: { name: 'none', options: {} },
    scheduler: { name: 'none', options: {} },
    maxSteps: null,
    terminator: { name: 'none', options: {} },
    metrics: null,
  };
}
