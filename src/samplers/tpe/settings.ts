/** How widely a proposal searches around good observations. */
export type BandwidthSettings = {
  /** Share of the configurations that counts as good. */
  readonly goodShare: number;
  /** Scales the bandwidths of the good density. */
  readonly width: number;
  /** How freely unordered choices change (see `Shape`). */
  readonly smear: number;
};

export type Settings = {
  /** Weights of the uniform components, where an observation weighs 1 on average. */
  readonly goodPrior: number;
  readonly badPrior: number;
  readonly close: BandwidthSettings;
  readonly wide: BandwidthSettings;
  /** Share of the proposals that search widely. */
  readonly wideShare: number;
};

/**
 * Tuned with `npm run bench tune` on some thirty families of random problems. A single bandwidth either refines well and
 * stays in the first basin that it finds, or the other way round. Three wide proposals in ten combine both.
 */
export const SETTINGS: Settings = {
  goodPrior: 0.2,
  badPrior: 0.3,
  close: { goodShare: 0.13, width: 0.9, smear: 0.5 },
  wide: { goodShare: 0.3, width: 1.44, smear: 6 },
  wideShare: 0.3,
};
