/** A bound of what more trials are worth, in the objective's units. */
export type ExpectedGain = {
  /** The largest improvement that a new configuration is expected to bring: a bound of the regret of stopping now. */
  readonly improvement: number;
  /** The sweep ends when the improvement is below this. */
  readonly limit: number;
};
