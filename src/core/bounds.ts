/**
 * The largest numbers that a sweep file, a flag or a program may give where each one costs memory or time. They are far above
 * what a search needs; a slip such as 1e9 is rejected before anything is allocated.
 */
export const BOUNDS = {
  /** Trials of one call that run at once. */
  concurrent: 1_000,
  slotsPerDevice: 1_000,
  gpusPerTrial: 1_024,
  /** Trials of one configuration; each has its own seed. */
  repeats: 10_000,
  retries: 1_000,
  /** Configurations that a sampler makes or keeps in one step. */
  population: 10_000,
} as const;
