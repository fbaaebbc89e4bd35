import type { OptionValues } from '../../core/component-options.js';
import { encodingOf } from '../../core/encoding/encoding.js';
import { paramsKey } from '../../core/space.js';
import { predictedView } from '../../curves/predicted-view.js';
import { drawAnywhere, drawStartup } from '../initial-design.js';
import type { Sampler } from '../sampler.js';
import { bestOf, modelOf, remember } from './fitted.js';
import { countFinished } from './history.js';
import { favoring, likelyCodes } from './likely.js';
import { maximize } from './maximize.js';

/**
 * Bayesian optimization with a Gaussian process: Jones, Schonlau and Welch, Efficient global optimization (1998), with
 * a Matern 5/2 kernel, a length scale for each parameter (Snoek et al., NIPS 2012), hyperparameters at the greatest
 * posterior density, and the logarithm of the expected improvement (Ament et al., NeurIPS 2023).
 */
export function makeGp(options: OptionValues): Sampler {
  const { startup_trials: startup } = options as { startup_trials: number };
  return {
    sample(space, view, { index, rng }) {
      const encoding = encodingOf(space);
      const started = encoding.axes.length > 0 && countFinished(predictedView(view, space)) >= startup;
      const fitted = started ? modelOf(space, view) : null;
      if (!fitted) return { params: drawStartup(space, view, { index, count: startup, rng }).params };
      const { history, model } = fitted;
      const best = bestOf(history, encoding);
      const anchors = [...best, ...likelyCodes(space, encoding, best[0])];
      const acquisition = favoring(model.acquisition, { space, encoding, index });
      for (const { codes } of maximize(encoding, acquisition, anchors, rng)) {
        const found = encoding.point(codes);
        if (found.forbidden || history.held.has(paramsKey(found.given))) continue;
        const row = encoding.rowAt(codes) as Float64Array;
        if (!history.running.some((other) => isNext(row, other)))
          return { params: found.params, attrs: remember(model.theta) };
      }
      return { params: drawAnywhere(space, rng).params, attrs: remember(model.theta) };
    },
  };
}

/** Whether two rows differ by less than a thousandth of the range in every column: running both at once adds little. */
function isNext(a: Float64Array, b: Float64Array): boolean {
  return a.every((v, c) => Math.abs(v - (b[c] as number)) < 1e-3);
}
