import { planGrid, refuseGrid } from '../core/grid-plan.js';
import { paramsKey, type Resolved } from '../core/space.js';
import type { Sampler } from './sampler.js';
import { triedKeys } from './tried.js';

/**
 * Returns a sampler for every combination, each once, in the order of the file (the last parameter varies fastest).
 * Index i takes point i and skips points that a configuration already has; a failed one counts as tried.
 */
export function makeGrid(): Sampler {
  return {
    refuse: refuseGrid,
    sample(space, view, { index }) {
      const { points } = planGrid(space);
      const held = triedKeys(view);
      for (let k = 0; k < points.length; k++) {
        const point = points[(index + k) % points.length] as Resolved;
        if (!held.has(pointKey(point))) return { params: point.params };
      }
      return { exhausted: `all ${points.length} grid points have been tried` };
    },
  };
}

const keys = new WeakMap<Resolved, string>();
function pointKey(point: Resolved): string {
  let key = keys.get(point);
  if (key === undefined) {
    key = paramsKey(point.given);
    keys.set(point, key);
  }
  return key;
}
