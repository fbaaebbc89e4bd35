// Written by `npm run generate` from the registry of samplers: change src/samplers/registry.ts instead.

/** Options of `qmc`. */
export type QmcOptions = {
  /** Scramble the sequence with the study's seed. Default: true. */
  readonly scramble?: boolean;
};

/** Options of `tpe`. */
export type TpeOptions = {
  /** Random configurations before the model is used. Default: 6. */
  readonly startupTrials?: number;
  /** @deprecated Renamed to `startupTrials`. */
  readonly startup_trials?: number;
  /** Candidates drawn from the good density for each proposal. Default: 24. */
  readonly candidates?: number;
};

/** Options of `cmaes`. */
export type CmaesOptions = {
  /** Standard deviation at the start, as a share of each range. Default: 0.17. */
  readonly sigma?: number;
  /** Configurations in a generation; 0: 4 + 3 ln(number of numeric parameters). Default: 0. */
  readonly population?: number;
};

/** Options of `nsga2`. */
export type Nsga2Options = {
  /** Number of parents, the best results by front and crowding; as many random configurations come first. Default: 12. */
  readonly population?: number;
  /** Probability that a child mixes two parents. Default: 0.9. */
  readonly crossover?: number;
  /** Mean number of parameters of a child that mutate. Default: 1. */
  readonly mutation?: number;
};

/** Options of `gp`. */
export type GpOptions = {
  /** Latin hypercube configurations before the model is used. Default: 10. */
  readonly startupTrials?: number;
  /** @deprecated Renamed to `startupTrials`. */
  readonly startup_trials?: number;
};

/** The options of each sampler, by its name. */
export type SamplerOptions = {
  readonly grid: unknown;
  readonly random: unknown;
  readonly qmc: QmcOptions;
  readonly tpe: TpeOptions;
  readonly cmaes: CmaesOptions;
  readonly nsga2: Nsga2Options;
  readonly gp: GpOptions;
  readonly auto: unknown;
};

/** The name of a sampler. */
export type SamplerName = keyof SamplerOptions;

/** A sampler by its name, with options. */
export type SamplerSpec<N extends SamplerName = SamplerName> = {
  [K in N]: { readonly name: K } & SamplerOptions[K];
}[N];

/** Every combination, each once. */
export function grid(): SamplerSpec<'grid'> {
  return { name: 'grid' };
}

/** Independent draws (Bergstra and Bengio 2012). */
export function random(): SamplerSpec<'random'> {
  return { name: 'random' };
}

/** Points of a scrambled Sobol' sequence, more even than random ones (Joe and Kuo 2008). */
export function qmc(options: QmcOptions = {}): SamplerSpec<'qmc'> {
  return { ...options, name: 'qmc' };
}

/** Multivariate tree-structured Parzen estimator (Bergstra et al. 2011). */
export function tpe(options: TpeOptions = {}): SamplerSpec<'tpe'> {
  return { ...options, name: 'tpe' };
}

/** CMA evolution strategy with restarts, for hundreds of trials (Hansen 2016). */
export function cmaes(options: CmaesOptions = {}): SamplerSpec<'cmaes'> {
  return { ...options, name: 'cmaes' };
}

/** Genetic algorithm for several objectives, NSGA-II (Deb et al. 2002). */
export function nsga2(options: Nsga2Options = {}): SamplerSpec<'nsga2'> {
  return { ...options, name: 'nsga2' };
}

/** Gaussian process with log expected improvement, of the hypervolume with 2 or 3 objectives (Ament et al. 2023). */
export function gp(options: GpOptions = {}): SamplerSpec<'gp'> {
  return { ...options, name: 'gp' };
}

/** Gp or tpe, selected by the objectives, the space and the history. */
export function auto(): SamplerSpec<'auto'> {
  return { name: 'auto' };
}
