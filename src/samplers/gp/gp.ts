import { drawUniform as drawValue } from '../../core/draw.js';
import type { OptionValues } from '../../core/options.js';
import { makeRng, type Rng } from '../../core/rng.js';
import { givenKey, type Resolved, resolve, type Space } from '../../core/space.js';
import type { StudyView } from '../../core/study-view.js';
import type { Sampler } from '../sampler.js';
import { type Encoding, encodingOf } from './encoding.js';
import { bestOf, modelOf, remember } from './fitted.js';
import { countFinished } from './history.js';
import { maximise } from './maximise.js';

/**
 * Bayesian optimization with a Gaussian process: Jones, Schonlau and Welch, Efficient global optimization (1998), with
 * a Matern 5/2 kernel, a length scale for each parameter (Snoek et al., NIPS 2012), hyperparameters of the greatest
 * posterior density, and the logarithm of the expected improvement (Ament et al., NeurIPS 2023).
 */
export function makeGp(options: OptionValues): Sampler {
  const { startup_trials: startup } = options as { startup_trials: number };
  return {
    sample(space, view, { index, rng }) {
      const encoding = encodingOf(space);
      const started = encoding.axes.length > 0 && countFinished(view) >= startup;
      const fitted = started ? modelOf(space, view) : null;
      if (!fitted) return { params: first(space, encoding, view, { index, startup, rng }).params };
      const { history, model } = fitted;
      const anchors = bestOf(history, encoding);
      for (const { codes } of maximise(encoding, model.acquisition, anchors, rng)) {
        const found = encoding.point(codes);
        if (found.forbidden || history.held.has(givenKey(found.given))) continue;
        const row = encoding.rowAt(codes) as Float64Array;
        if (!history.running.some((other) => isNext(row, other)))
          return { params: found.params, attrs: remember(model.theta) };
      }
      return { params: uniform(space, rng).params, attrs: remember(model.theta) };
    },
  };
}

/** A latin hypercube over the first points of a study (McKay et al. 1979); uniform beyond, and where one is held. */
function first(
  space: Space,
  encoding: Encoding,
  view: StudyView,
  { index, startup, rng }: { index: number; startup: number; rng: Rng },
): Resolved {
  if (index < 0 || index >= startup) return uniform(space, rng);
  const own = makeRng(view.seed, 'gp-startup');
  const codes = Float64Array.from(encoding.axes, (axis) => {
    const order = shuffled(startup, own);
    return axis.quantile(((order[index] as number) + own.float()) / startup);
  });
  const point = encoding.point(codes);
  const key = givenKey(point.given);
  return point.forbidden || view.configs.some((config) => config.key === key) ? uniform(space, rng) : point;
}

function shuffled(n: number, rng: Rng): number[] {
  const order = Array.from({ length: n }, (_, k) => k);
  for (let k = n - 1; k > 0; k--) {
    const other = rng.int(k + 1);
    [order[k], order[other]] = [order[other] as number, order[k] as number];
  }
  return order;
}

function uniform(space: Space, rng: Rng): Resolved {
  return resolve(space, (spec) => drawValue(spec.distribution, rng));
}

/** Whether two rows differ by less than a thousandth of the range everywhere: running both at once tells little more. */
function isNext(a: Float64Array, b: Float64Array): boolean {
  return a.every((v, c) => Math.abs(v - (b[c] as number)) < 1e-3);
}
