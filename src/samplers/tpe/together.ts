import type { Rng } from '../../core/rng.js';
import type { Component } from './mixture.js';

/** Returns what the user expects and what earlier studies found as one part, by their weights; null where there is neither. */
export function beliefWith(belief: Component | null, found: readonly Component[]): Component | null {
  if (found.length === 0) return belief;
  const components = belief === null ? found : [belief, ...found];
  const first = components[0] as Component;
  if (components.length === 1) return first;
  const weight = components.reduce((sum, each) => sum + each.weight, 0);
  return {
    weight,
    draw(noise: Rng, out: Float64Array, start: number) {
      let left = noise.float() * weight;
      const chosen = components.find((each) => {
        left -= each.weight;
        return left < 0;
      });
      (chosen ?? first).draw(noise, out, start);
    },
    logDensity(points: Float64Array, start: number) {
      const logs = components.map((each) => Math.log(each.weight / weight) + each.logDensity(points, start));
      const top = logs.reduce((a, b) => Math.max(a, b));
      return top + Math.log(logs.reduce((sum, log) => sum + Math.exp(log - top), 0));
    },
  };
}
