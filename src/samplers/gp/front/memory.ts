import type { ConfigView, StudyView } from '../../../core/study-view.js';
import type { Theta } from '../priors.js';

/** The hyperparameters of each objective's model. */
export type Thetas = readonly Theta[];

const ATTR = 'gp:thetas';

/** Returns the attributes of a proposal from which the next fits start. */
export function rememberAll(thetas: Thetas): ConfigView['attrs'] {
  return { [ATTR]: thetas.map((theta) => Array.from(theta, (v) => Math.round(v * 1000) / 1000 + 0)) };
}

/** Returns the hyperparameters that the newest configuration of this sampler was proposed with; empty without one. */
export function recallAll(view: StudyView, axes: number): Thetas {
  for (let k = view.configs.length - 1; k >= 0; k--) {
    const thetas = view.configs[k]?.attrs[ATTR];
    if (Array.isArray(thetas) && thetas.length === view.directions.length && thetas.every(isTheta(axes)))
      return thetas.map((theta) => Float64Array.from(theta as number[]));
  }
  return [];
}

function isTheta(axes: number) {
  return (theta: unknown) =>
    Array.isArray(theta) && theta.length === axes + 3 && theta.every((v) => Number.isFinite(v));
}
