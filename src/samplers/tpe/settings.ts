/** How widely a proposal looks around what was good. */
export type BandwidthSettings = {
  /** Share of the configurations that counts as good. */
  readonly goodShare: number;
  /** Scales the bandwidths of the good density. */
  readonly width: number;
  /** How freely choices without order change (see `Shape`). */
  readonly smear: number;
};

export type Settings = {
  /** Weights of the uniform components, where an observation weighs 1 on average. */
  readonly goodPrior: number;
  readonly badPrior: number;
  readonly close: BandwidthSettings;
  readonly wide: BandwidthSettings;
  /** Share of the proposals that look widely. */
  readonly wideShare: number;
};

/**
 * What `npm run bench tune` found on some thirty families of random problems. One look alone either refines well and
 * stays in the first basin that it finds, or the other way round; three wide ones in ten keep both.
 */
export const SETTINGS: Settings = {
  goodPrior: 0.2,
  badPrior: 0.3,
  close: { goodShare: 0.13, width: 0.9, smear: 0.5 },
  wide: { goodShare: 0.3, width: 1.44, smear: 6 },
  wideShare: 0.3,
};
