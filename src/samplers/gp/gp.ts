import type { OptionValues } from '../../core/component-options.js';
import { encodingOf } from '../../core/encoding/encoding.js';
import { LEAST_SHARE } from '../../core/nearness.js';
import { paramsKey, type Space } from '../../core/space.js';
import type { StudyView } from '../../core/study-view.js';
import { predictedView } from '../../curves/predicted-view.js';
import { drawAnywhere, drawStartup } from '../initial-design.js';
import type { Sampler } from '../sampler.js';
import { noted } from '../transfer/noted.js';
import { isGuided, LEAST_KNOWN, startFrom } from '../transfer/opening.js';
import { modelOf } from './fitted.js';
import { searchForFront } from './front/search.js';
import { countFinished } from './history.js';
import { favoring, likelyCodes, rankedBest } from './likely.js';
import { maximize } from './maximize.js';
import { searchForBest } from './search.js';

/** The boxes of the hypervolume become too many with more objectives than these. */
export const MOST_OBJECTIVES = 3;

/**
 * Bayesian optimization with a Gaussian process: Jones, Schonlau and Welch, Efficient global optimization (1998), with
 * a Matern 5/2 kernel, a length scale for each parameter (Snoek et al., NIPS 2012), a trend (`trend.ts`), hyperparameters at the greatest
 * posterior density, and the logarithm of the expected improvement (Ament et al., NeurIPS 2023); of two or three objectives, that of the expected hypervolume improvement. For more
 * than three it asks `tpe`.
 */
export function makeGp(options: OptionValues, tpe: Sampler): Sampler {
  const { startup_trials: startup } = options as { startup_trials: number };
  return {
    sample(space, view, { index, rng }) {
      const objectives = view.directions.length;
      if (objectives > MOST_OBJECTIVES) return tpe.sample(space, view, { index, rng });
      const encoding = encodingOf(space);
      const finished = countFinished(predictedView(view, space));
      const isEarly = finished < startup;
      const first = isEarly && objectives === 1 ? startFrom(space, view, { index, rng }) : null;
      if (first) return { params: first };
      const weights = isEarly ? earlyWeights(space, view, finished) : null;
      const started = encoding.axes.length > 0 && (!isEarly || isGuided(weights, index));
      const find = objectives > 1 ? searchForFront : searchForBest;
      const search = started ? find(space, view) : null;
      if (!search) {
        const { params } = drawStartup(space, view, { index, count: startup, rng });
        return weights === null ? { params } : { params, attrs: noted(weights) };
      }
      const { held, running, attrs } = search;
      const anchors = [...search.anchors, ...likelyCodes(space, encoding, search.anchors[0])];
      const ranked = rankedBest(space, view);
      const acquisition = favoring(search.acquisition, { space, encoding, index, ranked });
      for (const { codes } of maximize(encoding, acquisition, anchors, rng)) {
        const found = encoding.point(codes);
        if (found.forbidden || held.has(paramsKey(found.given))) continue;
        const row = encoding.rowAt(codes) as Float64Array;
        if (!running.some((other) => isNext(row, other))) return { params: found.params, attrs };
      }
      return { params: drawAnywhere(space, rng).params, attrs };
    },
  };
}

/** Returns how much earlier studies count while a search begins; null where it has none, or too few results to tell. */
function earlyWeights(space: Space, view: StudyView, finished: number): readonly number[] | null {
  if (view.earlier === null || view.directions.length > 1 || finished < LEAST_KNOWN) return null;
  return modelOf(space, view)?.model.transferred ?? null;
}

/** Whether two rows differ by less than LEAST_SHARE of the range in every column: running both at once adds little. */
function isNext(a: Float64Array, b: Float64Array): boolean {
  return a.every((v, c) => Math.abs(v - (b[c] as number)) < LEAST_SHARE);
}
