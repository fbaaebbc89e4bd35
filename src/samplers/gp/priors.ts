/** Logarithms: an inverse squared length scale for each axis, then variance, variance of the trend, noise variance and bend. */
export type Theta = Float64Array;

/** What is known before the fit. */
export type Beliefs = {
  /** Mean and standard deviation of the logarithm of the noise variance, where repeats show it. */
  readonly noise?: { readonly mean: number; readonly deviation: number };
  /** The bend is 0: values are used as they are, such as those of a constraint. */
  readonly straight?: boolean;
  /** The largest logarithm of the bend, where it is not that of the prior. */
  readonly mostBend?: number;
};

/** Independent priors on the logarithms, and the box to search. */
export type Priors = {
  readonly mean: Float64Array;
  readonly deviation: Float64Array;
  /** The density is normal up to so many deviations from the mean, and falls as an exponential beyond. */
  readonly tail: Float64Array;
  readonly low: Float64Array;
  readonly high: Float64Array;
  /** The first so many, the weights, shift together, with this standard deviation (`common-shift.ts`). */
  readonly shared: number;
  readonly spread: number;
};

/**
 * The priors' constants, chosen on rotated, multimodal, noisy, mixed, conditional, discrete and 40-dimensional problems.
 * They are narrower than usual. With a wide prior on the length scales, noise or two or three parameters alone explain a
 * few dozen points just as well. A length scale of 1.2 is slightly more than a parameter's whole range. But the tails are heavy: of
 * parameters whose scales differ by orders of magnitude, or one along which the values swing, a normal prior would rather
 * take the difference for noise. The level of all weights is less certain than the differences between them (`spread`), and of more than
 * `few` parameters each one matters less: the mean length scale then grows with their number, as in Hvarfner, Hellsten and Nardi, Vanilla
 * Bayesian optimization performs great in high dimensions, ICML 2024. Any values fit a trend that has more features than there are
 * values: among many parameters it is then expected to be small, or the search would look for the best value in the corners.
 */
export const PRIOR = {
  weight: { mean: -0.3, deviation: 0.8, tail: 1.5, low: -12, high: 9, spread: 1, few: 10, fall: 2 },
  variance: { mean: 0, deviation: 1, tail: Number.POSITIVE_INFINITY, low: -5, high: 6 },
  trend: { mean: -1.5, deviation: 2, tail: Number.POSITIVE_INFINITY, low: -12, high: 3, fall: 13 },
  noise: { mean: -8, deviation: 2, tail: Number.POSITIVE_INFINITY, low: Math.log(1e-8), high: 1 },
  bend: { mean: 0, deviation: 2, tail: Number.POSITIVE_INFINITY, low: Math.log(1e-3), high: Math.log(1e3) },
};

/**
 * Variance of the normal prior on the values' mean, on the model's scale. Late in a search most values are good ones: with a
 * mean of 0 the model would expect about as good ones far from all that was tried, in the corners of the space.
 */
export const MEAN_VARIANCE = 1;

/** Returns the priors for this many axes, given the beliefs. `support`: the number of values for each feature of the trend. */
export function priorsOf(axes: number, beliefs: Beliefs = {}, support = 1): Priors {
  const { weight, variance, trend, noise, bend } = PRIOR;
  const { spread, few } = weight;
  const many = Math.max(1, axes / few);
  const lack = (1 - 1 / many) * Math.max(0, 1 - support);
  const all = [
    ...Array.from({ length: axes }, () => ({ ...weight, mean: weight.mean - weight.fall * Math.log(many) })),
    variance,
    { ...trend, mean: trend.mean - trend.fall * lack },
    { ...noise, ...beliefs.noise },
    { ...bend, high: beliefs.straight ? bend.low : (beliefs.mostBend ?? bend.high) },
  ];
  return {
    mean: Float64Array.from(all, ({ mean }) => mean),
    deviation: Float64Array.from(all, ({ deviation }) => deviation),
    tail: Float64Array.from(all, ({ tail }) => tail),
    low: Float64Array.from(all, ({ low }) => low),
    high: Float64Array.from(all, ({ high }) => high),
    shared: axes,
    spread,
  };
}
