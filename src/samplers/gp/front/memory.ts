import type { ConfigView, StudyView } from '../../../core/study-view.js';
import type { Theta } from '../priors.js';
import { storedTheta, thetaFrom } from '../stored-theta.js';

/** The hyperparameters of each objective's model. */
export type Thetas = readonly Theta[];

const ATTR = 'gp:thetas';

/** Returns the attributes of a proposal from which the next fits start. */
export function rememberAll(thetas: Thetas): ConfigView['attrs'] {
  return { [ATTR]: thetas.map(storedTheta) };
}

/** Returns the hyperparameters that the newest configuration of this sampler was proposed with; empty without one. */
export function recallAll(view: StudyView, axes: number): Thetas {
  for (let k = view.configs.length - 1; k >= 0; k--) {
    const stored = view.configs[k]?.attrs[ATTR];
    if (!Array.isArray(stored) || stored.length !== view.directions.length) continue;
    const thetas = stored.flatMap((each) => thetaFrom(each, axes) ?? []);
    if (thetas.length === stored.length) return thetas;
  }
  return [];
}
