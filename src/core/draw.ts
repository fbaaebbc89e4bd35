import { cardinality, type Distribution, nearest, type ParamValue, valueAt } from './distribution.js';
import type { Rng } from './rng.js';

/** Returns a value drawn uniformly from a distribution; uniformly in the logarithm for log ranges. */
export function drawUniform(d: Distribution, rng: Rng): ParamValue {
  if (d.kind === 'categorical') return valueAt(d, rng.int(d.choices.length));
  if (d.log) {
    // Log integers: half a unit more on both sides gives the bounds their share.
    const [low, high] = d.kind === 'int' ? [d.low - 0.5, d.high + 0.5] : [d.low, d.high];
    const from = Math.log(low);
    return nearest(d, Math.exp(from + rng.float() * (Math.log(high) - from)));
  }
  const size = cardinality(d);
  if (Number.isFinite(size)) return valueAt(d, rng.int(size));
  return nearest(d, d.low + rng.float() * (d.high - d.low));
}
