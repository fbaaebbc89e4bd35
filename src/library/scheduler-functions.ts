// Written by `npm run generate` from the registry of schedulers: change src/schedulers/registry.ts instead.

import type { AshaOptions, HyperbandOptions, PrunerOptions, PrunerSpec } from './pruner-functions.js';

/** Options of `auto`. */
export type AutoOptions = {
  /** The best 1/N of each rung continue, to N times as many steps. Default: 3. */
  readonly reductionFactor?: number;
  /** @deprecated Renamed to `reductionFactor`. */
  readonly reduction_factor?: number;
  /** No rung lies below this step; 0: a sixteenth of a full trial. Default: 0. */
  readonly minSteps?: number;
  /** @deprecated Renamed to `minSteps`. */
  readonly min_steps?: number;
  /** Whether trials that cannot be paused are stopped where they are hopeless; false: they are trained in full. Default: true. */
  readonly stops?: boolean;
  /** Whether trials count as saving until one shows that it does not; false: those of a program do not until one has saved, and reports without step numbers are not judged. Default: true. */
  readonly assumesSaves?: boolean;
  /** @deprecated Renamed to `assumesSaves`. */
  readonly assumes_saves?: boolean;
};

/** Options of `asha`. */
export type AshaSchedulerOptions = {
  /** The best 1/N of each rung continue, to N times as many steps. Default: 3. */
  readonly reductionFactor?: number;
  /** @deprecated Renamed to `reductionFactor`. */
  readonly reduction_factor?: number;
  /** No rung lies below this step; 0: a sixteenth of a full trial. Default: 0. */
  readonly minSteps?: number;
  /** @deprecated Renamed to `minSteps`. */
  readonly min_steps?: number;
};

/** Options of `hyperband`. */
export type HyperbandSchedulerOptions = {
  /** The best 1/N of each rung continue, to N times as many steps. Default: 3. */
  readonly reductionFactor?: number;
  /** @deprecated Renamed to `reductionFactor`. */
  readonly reduction_factor?: number;
  /** No rung lies below this step; 0: a sixteenth of a full trial. Default: 0. */
  readonly minSteps?: number;
  /** @deprecated Renamed to `minSteps`. */
  readonly min_steps?: number;
};

/** Options of `epochs`. */
export type EpochsOptions = {
  /** Steps that every configuration gets. Default: 1. */
  readonly steps?: number;
  /** Configurations that are trained to the end. Default: 3. */
  readonly keep?: number;
};

/** Options of `pbt`. */
export type PbtOptions = {
  /** Members that are trained side by side. Default: 8. */
  readonly population?: number;
  /** Steps after which members are compared; 0: a tenth of a full trial. Default: 0. */
  readonly interval?: number;
  /** The part of the members that is replaced by continuing as large a part of the best. Default: 0.25. */
  readonly truncation?: number;
  /** How often a parameter is drawn again, rather than changed by a factor of 0.8 or 1.2. Default: 0.25. */
  readonly resampleProbability?: number;
  /** @deprecated Renamed to `resampleProbability`. */
  readonly resample_probability?: number;
};

/** The options that only the pruner of the same name has. */
type NotOf<Pruner, Own> = { readonly [K in Exclude<keyof Pruner, keyof Own>]?: never };

/** The options of each scheduler, by its name. */
export type SchedulerOptions = Omit<PrunerOptions, 'asha' | 'hyperband'> & {
  readonly auto: AutoOptions;
  readonly asha: AshaSchedulerOptions & NotOf<AshaOptions, AshaSchedulerOptions>;
  readonly hyperband: HyperbandSchedulerOptions & NotOf<HyperbandOptions, HyperbandSchedulerOptions>;
  readonly epochs: EpochsOptions;
  readonly pbt: PbtOptions;
};

/** The name of a scheduler. */
export type SchedulerName = keyof SchedulerOptions;

/** A scheduler by its name, with options. */
export type SchedulerSpec<N extends SchedulerName = SchedulerName> = {
  [K in N]: { readonly name: K } & SchedulerOptions[K];
}[N];

/** Asynchronous successive halving: pauses each trial at a rung and continues the best (Li et al. 2020). */
export function asha(options?: AshaSchedulerOptions): SchedulerSpec<'asha'>;
/** @deprecated As a pruner, which only stops trials. */
export function asha(options: AshaOptions): PrunerSpec<'asha'>;
export function asha(options: AshaSchedulerOptions | AshaOptions = {}) {
  return { ...options, name: 'asha' as const };
}

/** Brackets of successive halving that begin early and late, for curves that cross (Li et al. 2018). */
export function hyperband(options?: HyperbandSchedulerOptions): SchedulerSpec<'hyperband'>;
/** @deprecated As a pruner, which only stops trials. */
export function hyperband(options: HyperbandOptions): PrunerSpec<'hyperband'>;
export function hyperband(options: HyperbandSchedulerOptions | HyperbandOptions = {}) {
  return { ...options, name: 'hyperband' as const };
}

/** Trains every configuration for a few steps, then the best to the end. */
export function epochs(options: EpochsOptions = {}): SchedulerSpec<'epochs'> {
  return { ...options, name: 'epochs' };
}

/** Population-based training: the worst continue from checkpoints of the best, with changed parameters. */
export function pbt(options: PbtOptions = {}): SchedulerSpec<'pbt'> {
  return { ...options, name: 'pbt' };
}
