import type { BaseModel } from './base-model.js';

/** What earlier studies expect at any row, on the scale of this study's model: its mean before any observation. */
export type Expectation = {
  /** Whether any of them counts. */
  readonly counts: boolean;
  /** Variance of the observations around it, where their own variance is 1. */
  readonly unexplained: number;
  value(row: Float64Array): number;
  /** Returns the value; adds its derivatives by the number columns to `gradient`. */
  differentiate(row: Float64Array, gradient: Float64Array): number;
};

/** `at`: what the model expects at the observations. */
type Member = { readonly model: BaseModel; readonly weight: number; readonly at: Float64Array };

/** So many observations lie where both models would agree on the scale anyway. */
const PRIOR_COUNT = 1;
/** What earlier studies explain never leaves less than this of the variance: their models are not perfect. */
const LEAST_UNEXPLAINED = 0.05;

/** Returns the weighted sum of what models expect, each on the scale of the values `z` of the observations. */
export function ensembleOf(members: readonly Member[], z: Float64Array): Expectation {
  const parts = members.map(({ model, weight, at }) => {
    const { slope, shift } = lineThrough(at, z);
    return { model, at, factor: weight * slope, shift: weight * shift };
  });
  const constant = parts.reduce((sum, { shift }) => sum + shift, 0);
  let squares = PRIOR_COUNT;
  z.forEach((value, k) => {
    const expected = parts.reduce((sum, { at, factor }) => sum + factor * (at[k] as number), constant);
    squares += (value - expected) * (value - expected);
  });
  return {
    counts: parts.length > 0,
    unexplained: Math.min(1, Math.max(LEAST_UNEXPLAINED, squares / (z.length + PRIOR_COUNT))),
    value: (row) => parts.reduce((sum, { model, factor }) => sum + factor * model.value(row), constant),
    differentiate: (row, gradient) =>
      parts.reduce(
        (sum, { model, factor }) => sum + factor * model.differentiate(row, factor, gradient),
        constant,
      ),
  };
}

/** Returns the line by which a prediction gets the scale of the values; it never falls. */
function lineThrough(prediction: Float64Array, z: Float64Array): { slope: number; shift: number } {
  const mean = (values: Float64Array) => values.reduce((a, b) => a + b, 0) / values.length;
  const [x0, z0] = [mean(prediction), mean(z)];
  let both = PRIOR_COUNT;
  let own = PRIOR_COUNT;
  prediction.forEach((x, k) => {
    both += (x - x0) * ((z[k] as number) - z0);
    own += (x - x0) * (x - x0);
  });
  const slope = Math.max(0, both / own);
  return { slope, shift: z0 - slope * x0 };
}
