// Written by `npm run generate` from the registry of terminators: change src/terminators/registry.ts instead.

/** Options of `improvement`. */
export type ImprovementOptions = {
  /** The improvement that is no longer worth a trial, in units of the noise. Default: 0.1. */
  readonly margin?: number;
  /** Finished configurations before the first stop; 0: 20, or twice the number of parameters if that is more. Default: 0. */
  readonly minTrials?: number;
  /** @deprecated Renamed to `minTrials`. */
  readonly min_trials?: number;
};

/** The options of each terminator, by its name. */
export type TerminatorOptions = {
  readonly none: unknown;
  readonly improvement: ImprovementOptions;
};

/** The name of a terminator. */
export type TerminatorName = keyof TerminatorOptions;

/** A terminator by its name, with options. */
export type TerminatorSpec<N extends TerminatorName = TerminatorName> = {
  [K in N]: { readonly name: K } & TerminatorOptions[K];
}[N];

/** Stops when the expected improvement of any new configuration is below the noise (Makarova et al. 2022). */
export function improvement(options: ImprovementOptions = {}): TerminatorSpec<'improvement'> {
  return { ...options, name: 'improvement' };
}
