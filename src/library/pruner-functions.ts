// Written by `npm run generate` from the registry of pruners: change src/pruners/registry.ts instead.

/** Options of `median`. */
export type MedianOptions = {
  /** Complete configurations needed before anything is pruned. Default: 5. */
  readonly startupTrials?: number;
  /** @deprecated Renamed to `startupTrials`. */
  readonly startup_trials?: number;
  /** Steps below this are never pruned. Default: 0. */
  readonly warmupSteps?: number;
  /** @deprecated Renamed to `warmupSteps`. */
  readonly warmup_steps?: number;
  /** Steps between two decisions. Default: 1. */
  readonly intervalSteps?: number;
  /** @deprecated Renamed to `intervalSteps`. */
  readonly interval_steps?: number;
  /** Peers with a value at the step needed for a decision. Default: 1. */
  readonly minTrials?: number;
  /** @deprecated Renamed to `minTrials`. */
  readonly min_trials?: number;
};

/** Options of `percentile`. */
export type PercentileOptions = {
  /** Percentile of its peers that a trial must reach. Default: 25. */
  readonly percentile?: number;
  /** Complete configurations needed before anything is pruned. Default: 5. */
  readonly startupTrials?: number;
  /** @deprecated Renamed to `startupTrials`. */
  readonly startup_trials?: number;
  /** Steps below this are never pruned. Default: 0. */
  readonly warmupSteps?: number;
  /** @deprecated Renamed to `warmupSteps`. */
  readonly warmup_steps?: number;
  /** Steps between two decisions. Default: 1. */
  readonly intervalSteps?: number;
  /** @deprecated Renamed to `intervalSteps`. */
  readonly interval_steps?: number;
  /** Peers with a value at the step needed for a decision. Default: 1. */
  readonly minTrials?: number;
  /** @deprecated Renamed to `minTrials`. */
  readonly min_trials?: number;
};

/** Options of `asha`. */
export type AshaOptions = {
  /** Step of the first rung; 0: a sixteenth of max_steps, or of the longest complete trial. Default: 0. */
  readonly minResource?: number;
  /** @deprecated Renamed to `minResource`. */
  readonly min_resource?: number;
  /** No rung lies below this step. Default: 0. */
  readonly minSteps?: number;
  /** @deprecated Renamed to `minSteps`. */
  readonly min_steps?: number;
  /** Keep the best 1/N of each rung; resources grow by this factor N. Default: 3. */
  readonly reductionFactor?: number;
  /** @deprecated Renamed to `reductionFactor`. */
  readonly reduction_factor?: number;
  /** Skip this many of the first rungs. Default: 0. */
  readonly minEarlyStoppingRate?: number;
  /** @deprecated Renamed to `minEarlyStoppingRate`. */
  readonly min_early_stopping_rate?: number;
  /** Configurations that must have reached a rung before any is promoted from it. Default: 0. */
  readonly bootstrapCount?: number;
  /** @deprecated Renamed to `bootstrapCount`. */
  readonly bootstrap_count?: number;
  /** Complete configurations needed before anything is pruned. Default: 0. */
  readonly startupTrials?: number;
  /** @deprecated Renamed to `startupTrials`. */
  readonly startup_trials?: number;
  /** Steps below this are never pruned. Default: 0. */
  readonly warmupSteps?: number;
  /** @deprecated Renamed to `warmupSteps`. */
  readonly warmup_steps?: number;
};

/** Options of `hyperband`. */
export type HyperbandOptions = {
  /** Step of the first rung of the first bracket. Default: 1. */
  readonly minResource?: number;
  /** @deprecated Renamed to `minResource`. */
  readonly min_resource?: number;
  /** No rung lies below this step. Default: 0. */
  readonly minSteps?: number;
  /** @deprecated Renamed to `minSteps`. */
  readonly min_steps?: number;
  /** Steps of a whole trial; 0: max_steps, or as the longest complete trial. Default: 0. */
  readonly maxResource?: number;
  /** @deprecated Renamed to `maxResource`. */
  readonly max_resource?: number;
  /** Keep the best 1/N of each rung; resources grow by this factor N. Default: 3. */
  readonly reductionFactor?: number;
  /** @deprecated Renamed to `reductionFactor`. */
  readonly reduction_factor?: number;
  /** Configurations that must have reached a rung before any is promoted from it. Default: 0. */
  readonly bootstrapCount?: number;
  /** @deprecated Renamed to `bootstrapCount`. */
  readonly bootstrap_count?: number;
  /** Complete configurations needed before anything is pruned. Default: 0. */
  readonly startupTrials?: number;
  /** @deprecated Renamed to `startupTrials`. */
  readonly startup_trials?: number;
  /** Steps below this are never pruned. Default: 0. */
  readonly warmupSteps?: number;
  /** @deprecated Renamed to `warmupSteps`. */
  readonly warmup_steps?: number;
};

/** Options of `threshold`. */
export type ThresholdOptions = {
  /** Values below this stop the trial. Default: none. */
  readonly lower?: number;
  /** Values above this stop the trial. Default: none. */
  readonly upper?: number;
  /** Complete configurations needed before anything is pruned. Default: 0. */
  readonly startupTrials?: number;
  /** @deprecated Renamed to `startupTrials`. */
  readonly startup_trials?: number;
  /** Steps below this are never pruned. Default: 0. */
  readonly warmupSteps?: number;
  /** @deprecated Renamed to `warmupSteps`. */
  readonly warmup_steps?: number;
  /** Steps between two decisions. Default: 1. */
  readonly intervalSteps?: number;
  /** @deprecated Renamed to `intervalSteps`. */
  readonly interval_steps?: number;
};

/** Options of `wilcoxon`. */
export type WilcoxonOptions = {
  /** P-value below which a trial stops. Default: 0.1. */
  readonly pThreshold?: number;
  /** @deprecated Renamed to `pThreshold`. */
  readonly p_threshold?: number;
  /** Steps in common with the best trial needed for a decision. Default: 0. */
  readonly startupSteps?: number;
  /** @deprecated Renamed to `startupSteps`. */
  readonly startup_steps?: number;
  /** Complete configurations needed before anything is pruned. Default: 0. */
  readonly startupTrials?: number;
  /** @deprecated Renamed to `startupTrials`. */
  readonly startup_trials?: number;
  /** Steps below this are never pruned. Default: 0. */
  readonly warmupSteps?: number;
  /** @deprecated Renamed to `warmupSteps`. */
  readonly warmup_steps?: number;
};

/** Options of `patient`. */
export type PatientOptions = {
  /** Reports without improvement that are tolerated. Default: 10. */
  readonly patience?: number;
  /** How much worse counts as worse. Default: 0. */
  readonly minDelta?: number;
  /** @deprecated Renamed to `minDelta`. */
  readonly min_delta?: number;
  /** Complete configurations needed before anything is pruned. Default: 0. */
  readonly startupTrials?: number;
  /** @deprecated Renamed to `startupTrials`. */
  readonly startup_trials?: number;
  /** Steps below this are never pruned. Default: 0. */
  readonly warmupSteps?: number;
  /** @deprecated Renamed to `warmupSteps`. */
  readonly warmup_steps?: number;
  /** A pruner, or `{name, ...options}`, that must agree; none: patient decides alone. Default: `none`. */
  readonly around?: PrunerName | PrunerSpec;
};

/** The options of each pruner, by its name. */
export type PrunerOptions = {
  readonly none: unknown;
  readonly median: MedianOptions;
  readonly percentile: PercentileOptions;
  readonly asha: AshaOptions;
  readonly hyperband: HyperbandOptions;
  readonly threshold: ThresholdOptions;
  readonly wilcoxon: WilcoxonOptions;
  readonly patient: PatientOptions;
};

/** The name of a pruner. */
export type PrunerName = keyof PrunerOptions;

/** A pruner by its name, with options. */
export type PrunerSpec<N extends PrunerName = PrunerName> = {
  [K in N]: { readonly name: K } & PrunerOptions[K];
}[N];

/** Every trial runs to its end. */
export function none(): PrunerSpec<'none'> {
  return { name: 'none' };
}

/** Stops a trial whose best value is worse than the median of its peers at the same step. */
export function median(options: MedianOptions = {}): PrunerSpec<'median'> {
  return { ...options, name: 'median' };
}

/** As median, at any percentile of the peers. */
export function percentile(options: PercentileOptions = {}): PrunerSpec<'percentile'> {
  return { ...options, name: 'percentile' };
}

/** Stops a trial whose value is NaN or outside bounds. */
export function threshold(options: ThresholdOptions = {}): PrunerSpec<'threshold'> {
  return { ...options, name: 'threshold' };
}

/** For means over instances (folds): stops a trial that a signed-rank test finds worse than the best. */
export function wilcoxon(options: WilcoxonOptions = {}): PrunerSpec<'wilcoxon'> {
  return { ...options, name: 'wilcoxon' };
}

/** Stops a trial that has not improved for some steps; alone, or where another pruner agrees. */
export function patient(options: PatientOptions = {}): PrunerSpec<'patient'> {
  return { ...options, name: 'patient' };
}
