import { drawLikely } from './initial-design.js';
import type { Sampler } from './sampler.js';

/**
 * Returns a sampler of independent draws, uniform or from the priors: Bergstra and Bengio, Random search for hyper-parameter
 * optimization, JMLR 13 (2012).
 */
export function makeRandom(): Sampler {
  return {
    sample: (space, _view, at) => ({ params: drawLikely(space, at).params }),
  };
}
