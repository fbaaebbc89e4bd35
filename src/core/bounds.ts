/**
 * The largest numbers that a sweep file, a flag or a program may give where memory or time is spent for each one. They lie
 * far above what a search needs; a slip such as 1e9 is refused in words, before anything is allocated.
 */
export const BOUNDS = {
  /** Trials that run at once, of one call. */
  concurrent: 1_000,
  slotsPerDevice: 1_000,
  gpusPerTrial: 1_024,
  /** Trials of one configuration; each has a seed, and seeds are kept apart. */
  repeats: 10_000,
  retries: 1_000,
  /** Configurations that a sampler makes or keeps in one step. */
  population: 10_000,
} as const;
