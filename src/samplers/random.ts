import { drawAnywhere } from './initial-design.js';
import type { Sampler } from './sampler.js';

/** Returns a sampler of independent uniform draws: Bergstra and Bengio, Random search for hyper-parameter optimization, JMLR 13 (2012). */
export function makeRandom(): Sampler {
  return {
    sample: (space, _view, { rng }) => ({ params: drawAnywhere(space, rng).params }),
  };
}
