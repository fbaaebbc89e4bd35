import { TRANSFERRED } from '../../core/earlier-studies.js';
import type { Attrs } from '../../core/trial.js';

/** Returns the attributes that show how much earlier studies counted for a proposal. */
export function noted(weights: readonly number[] | null): Attrs {
  return weights === null ? {} : { [TRANSFERRED]: weights.map((weight) => Math.round(weight * 100) / 100) };
}
